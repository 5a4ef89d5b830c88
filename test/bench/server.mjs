/**
 * The server of the benchmarks: as fast as possible, so that they measure the client. Prints a JSON
 * line with its port when it is ready. Arguments: the files of the certificate and of the key.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [certFile = '', keyFile = ''] = process.argv.slice(2);

/** @param {object} value */
const encodePart = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const currentSeconds = () => Math.floor(Date.now() / 1000);
/** @param {object} claims */
const createJwt = (claims) => {
  const allClaims = { ...claims, iat: currentSeconds(), padding: 'x'.repeat(600) };
  return `${encodePart({ alg: 'none', typ: 'JWT' })}.${encodePart(allClaims)}.c2ln`;
};

/** @param {number} number */
const createCluster = (number) => ({
  name: `cluster-${number}`,
  plan_name: 'small',
  last_action: 'CREATE',
  last_action_state: 'succeeded',
  last_action_description: 'Instance provisioning completed',
  uuid: `e032c190-4170-4851-bba4-${String(number).padStart(12, '0')}`,
  kubernetes_master_ips: ['10.0.8.6'],
  k8s_version: '1.16.7',
  pks_version: '1.7.0-build.26',
  parameters: {
    kubernetes_master_host: `cluster-${number}.example.com`,
    kubernetes_master_port: 8443,
    kubernetes_worker_instances: 3,
  },
});

/** The UAA returns at most this many resources per page. */
const maxPageSize = 500;

/** @param {number} number */
const createUser = (number) => ({
  id: `e032c190-4170-4851-bba4-${String(number).padStart(12, '0')}`,
  meta: {
    version: 0,
    created: '2026-11-25T01:02:03.000Z',
    lastModified: '2026-11-25T01:02:03.000Z',
  },
  userName: `user-${number}`,
  name: { familyName: 'Example', givenName: `User ${number}` },
  emails: [{ value: `user-${number}@example.com`, primary: false }],
  groups: ['openid', 'uaa.user', 'profile', 'roles', 'scim.me'].map((display, index) => ({
    value: `6a1c0e34-9a5b-4f7e-9c1d-${String(index).padStart(12, '0')}`,
    display,
    type: 'DIRECT',
  })),
  approvals: [],
  active: true,
  verified: true,
  origin: 'uaa',
  zoneId: 'uaa',
  passwordLastModified: '2026-11-25T01:02:03.000Z',
  schemas: ['urn:scim:schemas:core:1.0'],
});

/**
 * Creates the requested page of users. The list is not stored, so that the memory of the server
 * does not grow.
 *
 * @param {URLSearchParams} query
 */
function createUsersPage(query) {
  const startIndex = Number(query.get('startIndex') ?? 1);
  const pageSize = Math.min(Number(query.get('count') ?? 100), maxPageSize);
  const itemsPerPage = Math.max(0, Math.min(pageSize, users - startIndex + 1));
  const resources = Array.from({ length: itemsPerPage }, (_, index) =>
    createUser(startIndex + index),
  );
  return JSON.stringify({ resources, startIndex, itemsPerPage, totalResults: users });
}

let clusters = '[]';
let users = 0;
let requests = 0;

/** @type {Record<string, (query: URLSearchParams) => string>} */
const routes = {
  'POST /oauth/token': () =>
    JSON.stringify({
      access_token: createJwt({ user_name: 'cody', origin: 'uaa', exp: currentSeconds() + 43200 }),
      refresh_token: createJwt({ exp: currentSeconds() + 86400 }),
      token_type: 'bearer',
      expires_in: 43199,
      scope: 'pks.clusters.manage',
      jti: 'bench',
    }),
  'HEAD /actuator/info': () => '',
  'GET /v1/clusters': () => clusters,
  'GET /Users': createUsersPage,
};

/** `login` recognizes a PKS API by this content type. */
const actuatorType = 'application/vnd.spring-boot.actuator.v2+json;charset=UTF-8';

const server = createServer(
  { cert: readFileSync(certFile), key: readFileSync(keyFile) },
  (request, response) => {
    request.resume().on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'https://localhost');
      if (pathname === '/bench') {
        const count = searchParams.get('clusters');
        if (count !== null) {
          clusters = JSON.stringify(
            Array.from({ length: Number(count) }, (_, index) => createCluster(index)),
          );
        }
        users = Number(searchParams.get('users') ?? users);
        response.end(String(requests));
        requests = 0;
        return;
      }
      requests += 1;
      const body = routes[`${request.method ?? ''} ${pathname}`]?.(searchParams);
      response.statusCode = body === undefined ? 404 : 200;
      response.setHeader(
        'content-type',
        pathname === '/actuator/info' ? actuatorType : 'application/json',
      );
      response.end(body);
    });
  },
);
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.stdout.write(`${JSON.stringify({ port })}\n`);
});

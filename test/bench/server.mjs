// What a bench talks to: the quickest installation there can be, so that the client is what is
// measured. Prints one JSON line when ready.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [certFile, keyFile] = process.argv.slice(2);

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);
const jwt = (claims) =>
  `${part({ alg: 'none', typ: 'JWT' })}.${part({ ...claims, iat: now(), padding: 'x'.repeat(600) })}.c2ln`;

const cluster = (number) => ({
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

/** UAA cuts longer pages to this. */
const longestPage = 500;

const user = (number) => ({
  id: `e032c190-4170-4851-bba4-${String(number).padStart(12, '0')}`,
  meta: {
    version: 0,
    created: '2026-11-25T01:02:03.000Z',
    lastModified: '2026-11-25T01:02:03.000Z',
  },
  userName: `user-${number}`,
  name: { familyName: 'Example', givenName: `User ${number}` },
  emails: [{ value: `user-${number}@example.com`, primary: false }],
  groups: ['openid', 'uaa.user', 'profile', 'roles', 'scim.me'].map((display, at) => ({
    value: `6a1c0e34-9a5b-4f7e-9c1d-${String(at).padStart(12, '0')}`,
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

/** Made when it is asked for: the server must not grow with the list either. */
function usersPage(query) {
  const startIndex = Number(query.get('startIndex') ?? 1);
  const wanted = Math.min(Number(query.get('count') ?? 100), longestPage);
  const itemsPerPage = Math.max(0, Math.min(wanted, users - startIndex + 1));
  const resources = Array.from({ length: itemsPerPage }, (_, at) => user(startIndex + at));
  return JSON.stringify({ resources, startIndex, itemsPerPage, totalResults: users });
}

let clusters = '[]';
let users = 0;
let requests = 0;

const routes = {
  'POST /oauth/token': () =>
    JSON.stringify({
      access_token: jwt({ user_name: 'cody', origin: 'uaa', exp: now() + 43200 }),
      refresh_token: jwt({ exp: now() + 86400 }),
      token_type: 'bearer',
      expires_in: 43199,
      scope: 'pks.clusters.manage',
      jti: 'bench',
    }),
  'HEAD /actuator/info': () => '',
  'GET /v1/clusters': () => clusters,
  'GET /Users': usersPage,
};

/** Identifies a PKS API to `login`. */
const actuatorType = 'application/vnd.spring-boot.actuator.v2+json;charset=UTF-8';

const server = createServer(
  { cert: readFileSync(certFile), key: readFileSync(keyFile) },
  (request, response) => {
    request.resume().on('end', () => {
      const { pathname, searchParams } = new URL(request.url, 'https://localhost');
      if (pathname === '/bench') {
        const count = searchParams.get('clusters');
        if (count !== null) {
          clusters = JSON.stringify(Array.from({ length: Number(count) }, (_, at) => cluster(at)));
        }
        users = Number(searchParams.get('users') ?? users);
        response.end(String(requests));
        requests = 0;
        return;
      }
      requests += 1;
      const answer = routes[`${request.method} ${pathname}`]?.(searchParams);
      response.statusCode = answer === undefined ? 404 : 200;
      response.setHeader(
        'content-type',
        pathname === '/actuator/info' ? actuatorType : 'application/json',
      );
      response.end(answer);
    });
  },
);
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
});

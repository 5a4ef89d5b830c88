import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createBroker } from '../../../../src/sandbox/broker/broker.js';
import { releases } from '../../../../src/sandbox/release.js';
import { createMemoryStorage } from '../../../../src/sandbox/storage/storage.js';
import { listen, type ListeningServer } from '../../../../src/sandbox/listen.js';
import { createApi, type ApiOptions } from '../../../../src/sandbox/pks/api.js';
import {
  json,
  text,
  type SandboxRequest,
  type SandboxResponse,
} from '../../../../src/sandbox/router.js';
import { basicAuthorization, createHttpClient } from '../../../../src/sandbox/http-client.js';
import { createClusterAccess } from '../../../../src/sandbox/kubernetes/client.js';

const now = () => Date.UTC(2020, 5, 28, 5);

/** The claims that the fake UAA returns for each token. */
const claims: Readonly<Record<string, object>> = {
  alana: { user_name: 'alana', client_id: 'pks_cli', scope: ['openid', 'pks.clusters.admin'] },
  cody: { user_name: 'cody', client_id: 'pks_cli', scope: ['pks.clusters.manage'] },
  naomi: { user_name: 'naomi', client_id: 'pks_cli', scope: ['pks.clusters.admin.read'] },
  erin: { user_name: 'erin', client_id: 'pks_cli', scope: ['pks.clusters.manage'] },
  dana: { user_name: 'dana', client_id: 'pks_cli', scope: ['openid'] },
  admin: { client_id: 'admin', scope: ['pks.clusters.admin'] },
  // A client whose id equals the name of a user who owns clusters.
  codyTheClient: { client_id: 'cody', scope: ['pks.clusters.manage'] },
  // A user who logged in through a client with the name of an owner.
  evan: { user_name: 'evan', client_id: 'cody', scope: ['pks.clusters.manage'] },
};

let respondAsUaa: (request: SandboxRequest) => SandboxResponse;
let uaaRequests: SandboxRequest[];
let uaa: ListeningServer;

beforeAll(async () => {
  const options = { port: 0, portFlag: '', now: Date.now };
  uaa = await listen({ ...options, createHandler: () => async (request) => respondAsUaa(request) });
});

afterAll(() => uaa.close());

beforeEach(() => {
  uaaRequests = [];
  respondAsUaa = (request) => {
    uaaRequests.push(request);
    const known = claims[new URLSearchParams(request.body).get('token') ?? ''];
    return known
      ? json(200, known)
      : json(400, { error: 'invalid_token', error_description: 'Token has expired' });
  };
});

describe('the token of a request', () => {
  test('is sent to the UAA by pks_client, in the body, for every request', async () => {
    const { get } = api();
    await get('/v1/clusters', 'cody');
    await get('/v1/clusters', 'cody');
    expect(uaaRequests).toHaveLength(2);
    for (const { method, path, query, headers, body } of uaaRequests) {
      expect({ method, path, query: [...query], body }).toEqual({
        method: 'POST',
        path: '/check_token',
        query: [],
        body: 'token=cody',
      });
      expect(headers['authorization']).toBe(basicAuthorization('pks_client', 'the secret'));
    }
  });

  test('is accepted with a Bearer scheme in any case', async () => {
    const { send } = api();
    expect((await send('GET', '/v1/clusters', { authorization: 'bEARER cody' })).status).toBe(200);
  });

  test.each([undefined, '', 'Bearer', 'Bearer ', 'cody', 'Basic Y29keTo=', 'Bearer a b'])(
    'is rejected without asking the UAA if the Authorization header is %p',
    async (authorization) => {
      const { status, headers, body } = await api().send('GET', '/v1/clusters', { authorization });
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toBe(
        'Bearer realm="oauth2-resource", error="unauthorized"',
      );
      expect(JSON.parse(body)).toEqual({
        error: 'unauthorized',
        error_description: 'Full authentication is required to access this resource',
      });
      expect(uaaRequests).toEqual([]);
    },
  );

  test('is rejected with the error of the UAA', async () => {
    const { status, headers, body } = await api().get('/v1/clusters', 'stale');
    expect(status).toBe(401);
    expect(JSON.parse(body)).toEqual({
      error: 'invalid_token',
      error_description: 'Token has expired',
    });
    expect(headers['www-authenticate']).toContain('error="invalid_token"');
  });

  test('is required even for unknown routes and methods', async () => {
    expect((await api().get('/v1/nowhere')).status).toBe(401);
    expect((await api().send('DELETE', '/v1/clusters')).status).toBe(401);
  });

  test.each([
    ['401 for a wrong client secret', json(401, { error: 'unauthorized' })],
    ['an HTML page', text(200, '<html>')],
    ['no scope', json(200, { client_id: 'x' })],
    ['no client', json(200, { scope: [] })],
    ['500', json(500, {})],
  ])('causes an error if the UAA responds with %s', async (_case, response) => {
    respondAsUaa = () => response;
    await expect(api().get('/v1/clusters', 'cody')).rejects.toThrow(
      `The UAA responded to POST "${uaa.origin}/check_token" with ${String(response.status)}`,
    );
  });

  test('causes an error if the UAA cannot be reached', async () => {
    const gone = await listen({
      port: 0,
      portFlag: '',
      now,
      createHandler: () => async () => json(200, 0),
    });
    await gone.close();
    const { get } = api({ tokens: { ...tokens(), uaa: createHttpClient(gone.origin) } });
    await expect(get('/v1/clusters', 'cody')).rejects.toThrow(
      /^I\/O error on POST request for ".+": .*ECONNREFUSED/,
    );
  });
});

describe('access to clusters', () => {
  const all = ['prod-1', 'prod-2', 'dev-1', 'dev-2', 'dev-3'];
  const codys = ['dev-1', 'dev-2', 'dev-3'];

  test.each([
    ['alana', all],
    ['naomi', all],
    ['admin', all],
    ['cody', codys],
    ['codyTheClient', codys],
    ['erin', []],
    ['evan', []],
  ])('%s sees the clusters %j', async (token, names) => {
    const { get } = api();
    const list = await get('/v1/clusters', token);
    expect(list.status).toBe(200);
    expect(namesIn(list)).toEqual(names);
    for (const name of all) {
      const expected = names.includes(name) ? 200 : 404;
      expect((await get(`/v1/clusters/${name}`, token)).status).toBe(expected);
      expect((await get(`/v1/clusterdetails/${name}`, token)).status).toBe(expected);
    }
  });

  test('the response is the same for a cluster of another user and for an unknown cluster', async () => {
    const { get } = api();
    for (const name of ['prod-1', 'prod-9']) {
      const { status, body } = await get(`/v1/clusters/${name}`, 'cody');
      expect([status, body]).toEqual([
        404,
        `{"body":"The cluster named \\"${name}\\" not found."}`,
      ]);
    }
  });

  test.each([
    '/v1/clusters',
    '/v1/clusters/dev-1',
    '/v1/clusters/no-such',
    '/v1/clusterdetails/dev-1',
    '/v1/upgradable',
    '/actuator/info',
  ])('%s is forbidden without a cluster scope', async (path) => {
    const { status, body } = await api().get(path, 'dana');
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({ error: 'access_denied' });
  });

  test('responses do not contain the owner', async () => {
    for (const path of ['/v1/clusters', '/v1/clusters/dev-1', '/v1/clusterdetails/dev-1']) {
      expect((await api().get(path, 'alana')).body).not.toContain('owner');
    }
  });
});

describe('createApi', () => {
  test('returns details only for /v1/clusterdetails', async () => {
    const { get } = api();
    const parametersAt = async (path: string) => {
      const { parameters } = JSON.parse((await get(path, 'alana')).body) as { parameters: object };
      return parameters;
    };
    const plain = await parametersAt('/v1/clusters/prod-1');
    const detailed = await parametersAt('/v1/clusterdetails/prod-1');
    const details = [
      'kubernetes_setting_plan_details',
      'kubernetes_setting_cluster_details',
      'nsxt_network_details',
    ];
    for (const name of details) {
      expect(plain).not.toHaveProperty(name);
      expect(detailed).toHaveProperty(name);
    }
    expect(detailed).toMatchObject(plain);
    expect((await get('/v1/clusters', 'alana')).body).not.toContain('kubernetes_setting');
  });

  test('accepts an encoded name and a trailing slash', async () => {
    const { get } = api();
    expect((await get('/v1/clusters/dev%2D1', 'cody')).status).toBe(200);
    expect((await get('/v1/clusters/', 'cody')).status).toBe(200);
    expect((await get('/v1/clusters/a%20%22b%22', 'cody')).body).toBe(
      '{"body":"The cluster named \\"a \\"b\\"\\" not found."}',
    );
  });

  test('responds to GET and HEAD of the login probe with the Spring Boot media type', async () => {
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await api().send(method, '/actuator/info', {
        authorization: 'Bearer cody',
      });
      expect(status).toBe(200);
      expect(headers['content-type']).toBe(
        'application/vnd.spring-boot.actuator.v2+json;charset=UTF-8',
      );
    }
  });

  test('returns its health without a token', async () => {
    const { status, body } = await api().get('/actuator/health');
    expect([status, body]).toEqual([200, '{"status":"UP"}']);
    expect(uaaRequests).toEqual([]);
  });

  test('returns the upgrade version as plain text', async () => {
    expect((await api().get('/v1/upgradable', 'cody')).body).toBe('1.7.0-build.26');
  });

  test('responds with 404 for an unknown route', async () => {
    const nowhere = await api().get('/v1/nowhere', 'dana');
    expect(nowhere.status).toBe(404);
    expect(JSON.parse(nowhere.body)).toMatchObject({ error: 'Not Found', path: '/v1/nowhere' });
  });

  test('reports the client of the token for the request log', async () => {
    const { get } = api();
    expect(await get('/v1/clusters', 'admin')).toMatchObject({ status: 200, client: 'admin' });
    expect(await get('/v1/clusters', 'dana')).toMatchObject({ status: 403, client: 'pks_cli' });
    expect(await get('/v1/clusters', 'stale')).not.toHaveProperty('client');
  });
});

function tokens(): ApiOptions['tokens'] {
  return {
    uaa: createHttpClient(uaa.origin),
    clientId: 'pks_client',
    clientSecret: 'the secret',
  };
}

function api(overrides: Partial<ApiOptions> = {}) {
  const release = releases['1.7'];
  const storage = createMemoryStorage();
  const handle = createApi({
    tokens: tokens(),
    broker: createBroker({ now, release, provisionSeconds: 120, storage }),
    binds,
    now,
    release,
    ...overrides,
  });
  const send = (
    method: string,
    path: string,
    headers: SandboxRequest['headers'] = {},
  ): Promise<SandboxResponse> =>
    handle({
      method,
      path,
      query: new URLSearchParams(),
      headers,
      body: '',
      origin: 'https://localhost',
    });
  const get = (path: string, token?: string) =>
    send('GET', path, token === undefined ? {} : { authorization: `Bearer ${token}` });
  return { send, get };
}

/** No test here gets credentials. */
const binds: ApiOptions['binds'] = {
  clusters: { getEndpoint: () => Promise.reject(new Error('no cluster')) },
  access: createClusterAccess(),
  kubeAuth: 'oidc',
  issuer: 'https://uaa.example.com/oauth/token',
  simulateError: () => undefined,
};

function namesIn({ body }: SandboxResponse): unknown[] {
  return (JSON.parse(body) as { name: unknown }[]).map(({ name }) => name);
}

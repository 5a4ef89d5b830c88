import { beforeAll, describe, expect, test } from '@jest/globals';
import { formatBasicAuthorization, createHttpClient } from '../../../src/sandbox/http-client.js';
import { createInstallation, namesIn, type Installation } from './installation.js';

let installation: Installation;
beforeAll(() => {
  installation = createInstallation();
});

describe('the token of a request', () => {
  test('is sent to the UAA by pks_client, in the body, for every request', async () => {
    const { send, uaaRequests } = createInstallation();
    await send('cody', 'GET', 'clusters');
    await send('cody', 'GET', 'clusters');
    expect(uaaRequests).toHaveLength(2);
    for (const request of uaaRequests) {
      expect(request).toMatchObject({
        method: 'POST',
        path: '/check_token',
        headers: { authorization: formatBasicAuthorization('pks_client', 'the secret') },
        body: 'token=cody',
      });
    }
  });

  test('is accepted with a Bearer scheme in any case', async () => {
    expect((await installation.get('/v1/clusters', 'bEARER cody')).status).toBe(200);
  });

  test.each([undefined, '', 'Bearer', 'Bearer ', 'cody', 'Basic Y29keTo=', 'Bearer a b'])(
    'is rejected without asking the UAA if the Authorization header is %p',
    async (authorization) => {
      const { get, uaaRequests } = createInstallation();
      expect(await get('/v1/clusters', authorization)).toMatchObject({
        status: 401,
        headers: { 'www-authenticate': 'Bearer realm="oauth2-resource", error="unauthorized"' },
        json: {
          error: 'unauthorized',
          error_description: 'Full authentication is required to access this resource',
        },
      });
      expect(uaaRequests).toEqual([]);
    },
  );

  test('is rejected with the error of the UAA', async () => {
    expect(await installation.send('stale', 'GET', 'clusters')).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': expect.stringContaining('error="invalid_token"') },
      json: { error: 'invalid_token', error_description: 'Token has expired' },
    });
  });

  test('is required even for unknown routes and methods', async () => {
    expect((await installation.get('/v1/nowhere')).status).toBe(401);
    expect((await installation.send('', 'DELETE', 'clusters')).status).toBe(401);
  });

  test.each([
    ['401 for a wrong client secret', 401, '{"error":"unauthorized"}'],
    ['an HTML page', 200, '<html>'],
    ['no scope', 200, '{"client_id":"x"}'],
    ['no client', 200, '{"scope":[]}'],
    ['500', 500, '{}'],
  ])('causes an error if the UAA responds with %s', async (_case, status, body) => {
    const { send } = createInstallation({ respondAsUaa: () => ({ status, body }) });
    await expect(send('cody', 'GET', 'clusters')).rejects.toThrow(
      `The UAA responded to POST "https://uaa.example.com/check_token" with ${String(status)}`,
    );
  });

  test('causes an error if the UAA cannot be reached', async () => {
    const uaa = createHttpClient('http://localhost:1');
    const { send } = createInstallation({ tokenCheck: { uaa, clientId: 'c', clientSecret: 's' } });
    await expect(send('cody', 'GET', 'clusters')).rejects.toThrow(
      /^I\/O error on POST request for ".+": .*ECONNREFUSED/,
    );
    await uaa.close();
  });
});

describe('access to clusters', () => {
  test.each([
    ...['/v1/clusters', '/v1/clusters/dev-1', '/v1/clusters/no-such', '/v1/clusterdetails/dev-1'],
    ...['/v1/upgradable', '/v1/plans', '/v1/quotas', '/v1/usages', '/actuator/info'],
  ])('%s is forbidden without a cluster scope', async (path) => {
    expect(await installation.get(path, 'Bearer dana')).toMatchObject({
      status: 403,
      json: { error: 'access_denied' },
    });
  });

  test('responses do not contain the owner', async () => {
    for (const path of ['clusters', 'clusters/dev-1', 'clusterdetails/dev-1']) {
      expect((await installation.send('alana', 'GET', path)).body).not.toContain('owner');
    }
  });
});

describe('createApi', () => {
  test('returns details only for /v1/clusterdetails', async () => {
    const plain = await installation.send('alana', 'GET', 'clusters/prod-1');
    const detailed = await installation.send('alana', 'GET', 'clusterdetails/prod-1');
    const details = [
      ...['kubernetes_setting_plan_details', 'kubernetes_setting_cluster_details'],
      'nsxt_network_details',
    ];
    for (const name of details) {
      expect(plain).not.toHaveProperty(`json.parameters.${name}`);
      expect(detailed).toHaveProperty(`json.parameters.${name}`);
    }
    expect(detailed.json).toMatchObject(plain.json as object);
    const list = await installation.send('alana', 'GET', 'clusters');
    expect(list.body).not.toContain('kubernetes_setting');
  });

  test('accepts an encoded name and a trailing slash', async () => {
    expect((await installation.send('cody', 'GET', 'clusters/dev%2D1')).status).toBe(200);
    expect((await installation.send('cody', 'GET', 'clusters/')).status).toBe(200);
    expect((await installation.send('cody', 'GET', 'clusters/a%20%22b%22')).body).toBe(
      '{"body":"The cluster named \\"a \\"b\\"\\" not found."}',
    );
  });

  test('responds to the login probe and returns its health without a token', async () => {
    const headers = {
      'content-type': 'application/vnd.spring-boot.actuator.v2+json;charset=UTF-8',
    };
    expect(await installation.get('/actuator/info', 'Bearer cody')).toMatchObject({
      status: 200,
      headers,
    });
    expect(await installation.get('/actuator/health')).toMatchObject({
      status: 200,
      headers,
      body: '{"status":"UP"}',
    });
  });

  test.each([
    ['1.7', '1.7.0-build.26'],
    ['1.20', '1.20.0-build.52'],
  ] as const)('release %s returns its upgrade version as plain text', async (pksVersion, text) => {
    const { send } = createInstallation({ pksVersion });
    expect((await send('cody', 'GET', 'upgradable')).body).toBe(text);
  });

  test('returns the plans', async () => {
    const plans = await installation.send('naomi', 'GET', 'plans');
    expect(namesIn(plans)).toEqual(['small', 'medium', 'large', 'fails']);
    expect(Object.keys((plans.json as object[])[0] ?? {})).toEqual([
      ...['id', 'name', 'description', 'worker_instances', 'master_instances'],
      'allow-privileged-containers',
    ]);
  });

  test('responds with 404 for an unknown route', async () => {
    expect(await installation.send('dana', 'GET', 'nowhere')).toMatchObject({
      status: 404,
      json: { error: 'Not Found', path: '/v1/nowhere' },
    });
  });

  test('reports the client of the token for the request log', async () => {
    const { send } = installation;
    expect(await send('admin', 'GET', 'clusters')).toMatchObject({ status: 200, client: 'admin' });
    expect(await send('dana', 'GET', 'clusters')).toMatchObject({ status: 403, client: 'pks_cli' });
    expect(await send('stale', 'GET', 'clusters')).not.toHaveProperty('client');
  });
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import { createApiServer } from '../../../../src/sandbox/kubernetes/server/api-server.js';
import type { Cluster } from '../../../../src/sandbox/broker/cluster.js';
import type { SandboxRequest } from '../../../../src/sandbox/router.js';
import { createMemoryStorage } from '../../../../src/sandbox/storage/storage.js';

const accounts = '/api/v1/namespaces/default/serviceaccounts';
const rbac = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const cluster = {
  ...{ name: 'dev-1', uuid: 'b0e1a1a8-0000-4c4b-9d3f-3a2f9f6f5e11' },
  parameters: { kubernetes_worker_instances: 1 },
} as Cluster;

let handle: ReturnType<typeof createApiServer>;
beforeEach(() => {
  handle = createApiServer({
    now: () => Date.parse('2026-11-25T10:00:00Z'),
    storage: createMemoryStorage(),
    createdAt: Date.parse('2026-11-25T09:00:00Z'),
    adminToken: 'admin-token',
    uaa: undefined,
    readCluster: () => cluster,
    readVersion: () => '1.16.7',
  });
});

/** Sends a request as the administrator. */
async function send(
  method: string,
  url: string,
  {
    headers = {},
    json,
    body,
  }: { headers?: SandboxRequest['headers']; json?: unknown; body?: string } = {},
) {
  const [path = '', query = ''] = url.split('?');
  const response = await handle({
    ...{ method, path, query: new URLSearchParams(query), origin: 'https://localhost' },
    headers: { authorization: 'Bearer admin-token', ...headers },
    body: body ?? (json === undefined ? '' : JSON.stringify(json)),
  });
  const { status, headers: responseHeaders } = response;
  return {
    ...{ status, headers: responseHeaders },
    json: JSON.parse(response.body) as Record<string, unknown>,
  };
}

describe('discovery', () => {
  const accept = (version: string) =>
    `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;

  test.each(['v2', 'v2beta1'])(
    'returns all types in one response if %s is requested',
    async (version) => {
      const headers = { accept: `${accept(version)},application/json` };
      const response = await send('GET', '/api', { headers });
      expect(response.headers['content-type']).toBe(accept(version));
      expect(response.json).toMatchObject({
        apiVersion: `apidiscovery.k8s.io/${version}`,
        items: [{ versions: [{ version: 'v1', freshness: 'Current' }] }],
      });
      const groups = (await send('GET', '/apis', { headers })).json['items'];
      expect(groups).toContainEqual(
        expect.objectContaining({ metadata: { name: 'rbac.authorization.k8s.io' } }),
      );
    },
  );

  test('lists the types of a group with their subresources', async () => {
    const { json } = await send('GET', '/api/v1/');
    expect(json['resources']).toContainEqual({
      ...{ name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod' },
      ...{ shortNames: ['po'], categories: ['all'], verbs: expect.arrayContaining(['list']) },
    });
    expect(json['resources']).toContainEqual(
      expect.objectContaining({ name: 'serviceaccounts/token', kind: 'TokenRequest' }),
    );
  });

  test.each(['/apis/unknown', '/apis/apps/v2', '/api/v2', '/unknown', '/api/v1/x/y/z/w'])(
    'responds to %s with 404',
    async (path) => {
      expect(await send('GET', path)).toMatchObject({
        status: 404,
        json: { kind: 'Status', reason: 'NotFound', details: {}, code: 404 },
      });
    },
  );
});

describe('representations', () => {
  test('prefers the first supported one', async () => {
    const kindOf = async (accept: string) =>
      (await send('GET', '/api/v1/nodes', { headers: { accept } })).json['kind'];
    expect(await kindOf(`application/vnd.kubernetes.protobuf, ${table}, application/json`)).toBe(
      'Table',
    );
    expect(await kindOf(`application/json, ${table}`)).toBe('NodeList');
    expect(await kindOf('*/*')).toBe('NodeList');
    expect(await kindOf('')).toBe('NodeList');
  });

  test('rejects a request that accepts only unsupported media types', async () => {
    const headers = { accept: 'application/yaml' };
    expect((await send('GET', '/api/v1/nodes', { headers })).status).toBe(406);
  });

  test('shows ages and wide columns in tables', async () => {
    const headers = { accept: table };
    const { json } = await send('GET', '/api/v1/nodes?includeObject=None', { headers });
    const [row] = json['rows'] as { cells: string[]; object?: unknown }[];
    expect(row?.object).toBeUndefined();
    expect(row?.cells.slice(1)).toEqual([
      ...['Ready', '<none>', '60m', 'v1.16.7', '10.200.0.2', '<none>'],
      ...['Ubuntu 16.04.6 LTS', '4.15.0-70-generic', 'docker://18.9.9'],
    ]);
  });
});

describe('selectors', () => {
  const count = async (query: string) => {
    const { json, status } = await send('GET', `/api/v1/namespaces?${query}`);
    return Array.isArray(json['items']) ? json['items'].length : status;
  };

  test.each([
    ['labelSelector=kubernetes.io/metadata.name', 4],
    ['labelSelector=!kubernetes.io/metadata.name', 0],
    ['labelSelector=kubernetes.io/metadata.name=default', 1],
    ['labelSelector=kubernetes.io/metadata.name!=default', 3],
    ['labelSelector=constructor', 0],
    ['labelSelector=a,,b', 400],
    ['labelSelector=a in (b)', 400],
    ['fieldSelector=metadata.name=default', 1],
    ['fieldSelector=metadata.name!=default', 3],
    ['fieldSelector=constructor=a', 400],
  ])('%s selects %d', async (query, expected) => {
    expect(await count(query)).toBe(expected);
  });
});

describe('changes', () => {
  const account = { metadata: { name: 'robot' } };

  test('does not store anything in a dry run', async () => {
    expect((await send('POST', `${accounts}?dryRun=All`, { json: account })).status).toBe(201);
    expect((await send('GET', `${accounts}/robot`)).status).toBe(404);
    await send('POST', accounts, { json: account });
    expect((await send('DELETE', `${accounts}/robot?dryRun=All`)).status).toBe(200);
    expect((await send('GET', `${accounts}/robot`)).status).toBe(200);
  });

  test('replaces labels in an update and keeps the identity', async () => {
    const roleRef = { kind: 'ClusterRole', name: 'cluster-admin' };
    const put = (labels: unknown) =>
      send('PUT', `${rbac}/a`, { json: { metadata: { name: 'a', labels }, roleRef } });
    const { json: created } = await put({ a: 'b' });
    const { json: updated } = await put(undefined);
    expect(created['metadata']).toMatchObject({ labels: { a: 'b' } });
    expect(updated['metadata']).not.toHaveProperty('labels');
    const { uid } = created['metadata'] as { uid: string };
    expect(updated['metadata']).toMatchObject({ uid });
  });

  test('generates names', async () => {
    const json = { metadata: { generateName: 'robot-' } };
    const { json: created } = await send('POST', accounts, { json });
    expect(created['metadata']).toMatchObject({ name: expect.stringMatching(/^robot-\w{5}$/) });
  });

  test.each([
    ['POST', accounts, { metadata: { name: 'Robot_1' } }, 422, 'a lowercase RFC 1123 subdomain'],
    ['POST', accounts, { metadata: { name: 'a', namespace: 'b' } }, 400, 'the namespace of the'],
    ['POST', '/api/v1/namespaces/b/serviceaccounts', account, 404, 'namespaces "b" not found'],
    ['POST', '/api/v1/serviceaccounts', account, 405, 'does not allow this method'],
    ['PUT', `${accounts}/a`, { metadata: { name: 'a' } }, 404, 'serviceaccounts "a" not found'],
    ['PUT', `${rbac}/a`, { metadata: { name: 'b' } }, 400, 'the name of the object (b) does not'],
    ['PATCH', `${rbac}/a`, {}, 405, 'does not allow this method'],
    ['DELETE', rbac, {}, 405, 'does not allow this method'],
    ['POST', '/api/v1/namespaces', { metadata: { name: 'a' } }, 405, 'does not allow this method'],
    ['POST', `${accounts}/a/unknown`, {}, 404, 'could not find the requested resource'],
    ['GET', '/api/v1/namespaces?watch=true', undefined, 405, 'does not allow this method'],
    ['HEAD', '/api/v1/namespaces', undefined, 405, 'does not allow this method'],
    ['HEAD', '/version', undefined, 405, 'does not allow this method'],
    ['GET', '/api/v1/%zz', undefined, 400, 'the path is not correctly encoded'],
    ['GET', '/api/v1/namespaces/default/pods', undefined, 404, 'could not find the requested'],
  ])('responds to %s %s %j with %d', async (method, path, json, status, message) => {
    expect(await send(method, path, { json })).toMatchObject({
      status,
      json: { kind: 'Status', message: expect.stringContaining(message) },
    });
  });
});

describe('bodies', () => {
  test.each([
    ['', 'unexpected end of JSON input (<empty>)'],
    ['{', 'SyntaxError'],
    ['[]', 'expected an object ([])'],
    ['"x"', 'expected an object ("x")'],
  ])('rejects %j', async (body, message) => {
    const response = await send('POST', rbac, { body });
    expect(response.status).toBe(400);
    expect(response.json['message']).toContain(message);
  });

  test('accepts protobuf', async () => {
    const headers = { 'content-type': 'application/vnd.kubernetes.protobuf' };
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    expect((await send('POST', path, { headers, body: 'k8s\0' })).status).toBe(201);
    expect((await send('POST', path, { headers, body: '{}' })).status).toBe(400);
  });
});

test('lists the rights of the administrator', async () => {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
  const review = (spec: unknown) => send('POST', path, { json: { spec } });
  expect((await review({ namespace: 'default' })).json['status']).toMatchObject({
    resourceRules: expect.arrayContaining([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]),
    nonResourceRules: expect.arrayContaining([{ verbs: ['*'], nonResourceURLs: ['*'] }]),
    incomplete: false,
  });
  expect((await review({})).json['message']).toBe('no namespace on request');
});

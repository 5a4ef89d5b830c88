import { expect, test } from '@jest/globals';
import { createApiServer } from '../../../src/sandbox/kubernetes/api-server.js';
import { createServiceAccountTokens } from '../../../src/sandbox/kubernetes/authentication.js';
import type { StoredObject } from '../../../src/sandbox/kubernetes/objects.js';

const accounts = '/api/v1/namespaces/default/serviceaccounts';
const clock = { time: Date.parse('2026-11-25T10:00:00Z') };
const now = () => clock.time;
const tokens = createServiceAccountTokens('0123456789abcdef0123456789abcdef', now);
let objects: readonly StoredObject[] = [];
const handle = createApiServer({
  now,
  createdAt: now(),
  adminToken: 'admin-token',
  tokens,
  authenticate: tokens.authenticate,
  store: {
    read: () => objects,
    write: (changed) => {
      objects = changed;
    },
  },
  readCluster: () => ({
    uuid: 'b0e1a1a8-0000-4c4b-9d3f-3a2f9f6f5e11',
    workers: 1,
    version: '1.16.7',
  }),
});

/** Sends a request as the administrator. */
async function send(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>> = {},
  body = '{"metadata":{"name":"a"}}',
) {
  const [path = '', query = ''] = url.split('?');
  const response = await handle({
    method,
    path,
    query: new URLSearchParams(query),
    origin: 'https://localhost',
    body,
    headers: { authorization: 'Bearer admin-token', ...headers },
    bytes: Buffer.from(body),
  });
  return { status: response.status, json: JSON.parse(response.body) as Record<string, unknown> };
}

test('lists the objects of one namespace or of all', async () => {
  await send('POST', accounts);
  const count = async (path: string) => (await send('GET', path)).json['items'];
  expect(await count('/api/v1/serviceaccounts')).toHaveLength(1);
  expect(await count(accounts)).toHaveLength(1);
  expect(await count('/api/v1/namespaces/kube-system/serviceaccounts')).toHaveLength(0);
});

test('rejects bodies that are not an object', async () => {
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const protobuf = { 'content-type': 'application/vnd.kubernetes.protobuf' };
  expect((await send('POST', path, protobuf, 'k8s\0')).status).toBe(201);
  expect((await send('POST', path, protobuf, '{}')).status).toBe(400);
  expect((await send('POST', path, {}, '{')).status).toBe(400);
});

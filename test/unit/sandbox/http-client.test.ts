import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createHttpClient } from '../../../src/sandbox/http-client.js';
import { bundle } from '../../support/program/bundle.js';
import { createCertificates } from '../../support/servers/certificates.js';
import { startFaultyServer } from '../../support/servers/faulty-server.js';

const server = createServer((request, response) => {
  response.end(`${request.method ?? ''} ${request.url ?? ''}`);
});
let connections: Socket[] = [];
let origin: string;

beforeAll(async () => {
  server.on('connection', (socket) => connections.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://localhost:${String((server.address() as AddressInfo).port)}`;
});

beforeEach(() => {
  connections = [];
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const get = { method: 'GET', path: '/a?b=c', headers: {} } as const;

test('sequential requests share connections', async () => {
  const client = createHttpClient(origin);
  for (let count = 0; count < 20; count += 1) {
    expect(await client.send(get)).toEqual({ status: 200, body: 'GET /a?b=c' });
  }
  // A request can start just before the connection of the previous one is free again.
  expect(connections.length).toBeLessThanOrEqual(2);
  await client.close();
});

test('concurrent requests do not wait for each other', async () => {
  const client = createHttpClient(origin);
  await Promise.all([1, 2, 3].map(() => client.send(get)));
  expect(connections.length).toBeGreaterThan(1);
  await client.close();
});

test('does not reuse a connection that the server closes', async () => {
  const client = createHttpClient(origin);
  const closing = { ...get, headers: { connection: 'close' } };
  for (let count = 0; count < 3; count += 1) {
    expect((await client.send(closing)).status).toBe(200);
  }
  expect(connections).toHaveLength(3);
  await client.close();
});

test('puts the path of the base URL before the path of the request', async () => {
  const client = createHttpClient(`${origin}/uaa`);
  const { body } = await client.send({ ...get, method: 'POST', body: 'x' });
  expect(body).toBe('POST /uaa/a?b=c');
  await client.close();
});

test('a closed client has no connections and rejects requests', async () => {
  const client = createHttpClient(origin);
  await client.send(get);
  const [socket] = connections;
  const closed = once(socket!, 'close');
  await client.close();
  await closed;
  await expect(client.send(get)).rejects.toThrow();
});

test('NODE_TLS_REJECT_UNAUTHORIZED does not turn off the verification of certificates', async () => {
  const { unknownCa } = await createCertificates();
  const [other, client] = await Promise.all([
    startFaultyServer(unknownCa),
    bundle('src/sandbox/http-client.ts'),
  ]);
  const script = `const { createHttpClient } = await import(${JSON.stringify(client)});
    await createHttpClient('${other.origin}').send({ method: 'GET', path: '/', headers: {} });`;
  // Only the environment of a process can contain the variable, not that of a test.
  const sent = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
  });
  const error: unknown = await sent.catch((thrown: unknown) => thrown);
  await other.close();
  rmSync(dirname(client), { recursive: true });
  expect(error).toMatchObject({
    stderr: expect.stringContaining('unable to verify the first certificate'),
  });
  expect(other.requests).toEqual([]);
});

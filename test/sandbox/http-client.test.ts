import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createHttpClient } from '../../src/sandbox/http-client.js';

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
  for (let count = 0; count < 5; count += 1) {
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

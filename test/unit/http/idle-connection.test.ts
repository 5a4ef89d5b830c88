import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHttpsSend } from '../../../src/http/https-send.js';
import { createCertificates } from '../../support/servers/certificates.js';

let server: Server;
let connections = 0;
let ca: string;

beforeAll(async () => {
  const certificates = await createCertificates();
  ca = certificates.ca.cert;
  server = createServer(certificates.good, (_request, response) => response.end('{}'));
  server.keepAliveTimeout = 60_000;
  server.on('secureConnection', () => (connections += 1)).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('reuses a connection, unless it was idle for more than three seconds', async () => {
  const send = createHttpsSend({
    caCert: ca,
    skipTlsVerification: false,
    timeoutSeconds: 5,
    systemRoots: () => [],
  });
  const { port } = server.address() as AddressInfo;
  const sendRequest = async () =>
    (await send({ method: 'GET', url: `https://127.0.0.1:${String(port)}/` })).text();
  await sendRequest();
  await sendRequest();
  expect(connections).toBe(1);
  await sleep(3300);
  await sendRequest();
  expect(connections).toBe(2);
});

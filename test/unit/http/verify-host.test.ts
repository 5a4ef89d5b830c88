import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { PeerCertificate } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHttpsSend } from '../../../src/http/https-send.js';
import { verifyHost } from '../../../src/http/verify-host.js';
import { createCertificates, type Certificates } from '../../support/servers/certificates.js';

let certificates: Certificates;
const servers: Server[] = [];

beforeAll(async () => {
  certificates = await createCertificates();
});
afterAll(() => {
  for (const server of servers) server.close();
});

/** Sends a request to a server with an IPv6 address. @returns the body of the response. */
async function requestFromServer(certificate: Certificates['good']): Promise<string> {
  const server = createServer(certificate, (_request, response) => response.end('hello'));
  servers.push(server);
  await new Promise((resolve) => server.listen(0, '::1', () => resolve(undefined)));
  const { port } = server.address() as AddressInfo;
  const send = createHttpsSend({
    caCert: certificates.ca.cert,
    skipTlsVerification: false,
    timeoutSeconds: 5,
    systemRoots: () => [],
  });
  const response = await send({ method: 'GET', url: `https://[::1]:${String(port)}/` });
  return response.text();
}

test('accepts the certificate of a server with an IPv6 address', async () => {
  expect(await requestFromServer(certificates.good)).toBe('hello');
});

test('rejects a certificate without the IPv6 address of the server', async () => {
  await expect(requestFromServer(certificates.wrongName)).rejects.toMatchObject({
    kind: 'untrusted',
  });
});

test('a wildcard matches a host name with an underscore', () => {
  const certificate = { subjectaltname: 'DNS:*.example.com', subject: {} } as PeerCertificate;
  expect(verifyHost('pks_api.example.com', certificate)).toBe(undefined);
  expect(verifyHost('pks_api.other.com', certificate)).toBeInstanceOf(Error);
});

import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHttpsSend, type HttpsSendDeps } from '../../../../src/platform/http/https-send.js';
import { readSystemRoots } from '../../../../src/platform/http/certificate-authorities.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';
import { createCertificates, type Certificates } from '../../../support/servers/certificates.js';
import { startFaultyServer, type FaultyServer } from '../../../support/servers/faulty-server.js';

const folder = fileFolder();
let certificates: Certificates;
let server: FaultyServer;

beforeAll(async () => {
  certificates = await createCertificates();
  server = await startFaultyServer(certificates.good);
});
afterAll(() => server.close());

/** Creates a `Send` that trusts only the CA of the test server by default. */
const createSend = (deps: Partial<HttpsSendDeps> = {}) =>
  createHttpsSend({
    caCert: certificates.ca.cert,
    skipTlsVerification: false,
    timeoutSeconds: 5,
    systemRoots: () => [],
    ...deps,
  });

/** @returns whether a server with a certificate from the test CA is trusted. */
async function isServerTrusted(env: NodeJS.ProcessEnv): Promise<boolean> {
  const send = createSend({ caCert: undefined, systemRoots: () => readSystemRoots(env) });
  try {
    await (await send({ method: 'GET', url: server.origin })).text();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ kind: 'untrusted' });
    return false;
  }
}

test('does not trust the test CA by default', async () => {
  expect(await isServerTrusted({})).toBe(false);
});

test('reads the system roots from SSL_CERT_FILE', async () => {
  expect(
    await isServerTrusted({ SSL_CERT_FILE: folder.write('ca.pem', certificates.ca.cert) }),
  ).toBe(true);
  expect(
    await isServerTrusted({
      SSL_CERT_FILE: folder.write('no.pem', certificates.untrustedCa.cert),
    }),
  ).toBe(false);
});

test('adds NODE_EXTRA_CA_CERTS to the system roots', async () => {
  const extra = folder.write('extra.pem', certificates.ca.cert);
  const other = folder.write('other.pem', certificates.untrustedCa.cert);
  expect(await isServerTrusted({ NODE_EXTRA_CA_CERTS: extra })).toBe(true);
  expect(await isServerTrusted({ NODE_EXTRA_CA_CERTS: extra, SSL_CERT_FILE: other })).toBe(true);
});

test('rejects an SSL_CERT_FILE that cannot be read', () => {
  expect(() => readSystemRoots({ SSL_CERT_FILE: join(folder.path, 'absent.pem') })).toThrow(
    expect.objectContaining({
      kind: 'usage',
      message: expect.stringContaining('(set in SSL_CERT_FILE)'),
    }),
  );
});

test.each(['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'])(
  'requires %s to be a regular file',
  (variable) => {
    expect(() => readSystemRoots({ [variable]: '/dev/zero' })).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: `Cannot read /dev/zero (set in ${variable}): it is not a regular file`,
      }),
    );
  },
);

test('reuses a connection, unless it was idle for more than three seconds', async () => {
  const patient = createServer(certificates.good, (_request, response) => response.end('{}'));
  patient.keepAliveTimeout = 60_000;
  let connections = 0;
  patient.on('secureConnection', () => (connections += 1)).listen(0, '127.0.0.1');
  await once(patient, 'listening');
  const send = createSend();
  const { port } = patient.address() as AddressInfo;
  const sendRequest = async () =>
    (await send({ method: 'GET', url: `https://127.0.0.1:${String(port)}/` })).text();
  await sendRequest();
  await sendRequest();
  expect(connections).toBe(1);
  await sleep(3300);
  await sendRequest();
  expect(connections).toBe(2);
  patient.closeAllConnections();
  patient.close();
});

describe('the certificate of a server with an IPv6 address', () => {
  /** @returns the body of the response. */
  async function requestFromServer(certificate: Certificates['good']): Promise<string> {
    const other = createServer(certificate, (_request, response) => response.end('hello'));
    other.listen(0, '::1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const url = `https://[::1]:${String(port)}/`;
      return await (await createSend()({ method: 'GET', url })).text();
    } finally {
      other.close();
    }
  }

  test('is accepted only if it contains the address', async () => {
    expect(await requestFromServer(certificates.good)).toBe('hello');
    await expect(requestFromServer(certificates.wrongName)).rejects.toMatchObject({
      kind: 'untrusted',
    });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHttpsSend } from '../../../src/http/https-send.js';
import { readSystemRoots } from '../../../src/http/system-roots.js';
import { createCertificates, type Certificates } from '../../support/servers/certificates.js';
import { startFaultyServer, type FaultyServer } from '../../support/servers/faulty-server.js';

let folder: string;
let certificates: Certificates;
let server: FaultyServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tpks-roots-'));
  certificates = await createCertificates();
  server = await startFaultyServer(certificates.good);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.close();
});

function writeCertificate(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** @returns whether a server with a certificate from the test CA is trusted. */
async function isServerTrusted(env: NodeJS.ProcessEnv): Promise<boolean> {
  const send = createHttpsSend({
    skipTlsVerification: false,
    timeoutSeconds: 5,
    systemRoots: () => readSystemRoots(env),
  });
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
    await isServerTrusted({ SSL_CERT_FILE: writeCertificate('ca.pem', certificates.ca.cert) }),
  ).toBe(true);
  expect(
    await isServerTrusted({
      SSL_CERT_FILE: writeCertificate('no.pem', certificates.untrustedCa.cert),
    }),
  ).toBe(false);
});

test('removes a byte order mark from SSL_CERT_FILE', () => {
  const { cert } = certificates.ca;
  const file = writeCertificate('marked.pem', `\uFEFF${cert}`);
  expect(readSystemRoots({ SSL_CERT_FILE: file })).toEqual([cert]);
});

test('adds NODE_EXTRA_CA_CERTS to the system roots', async () => {
  const extra = writeCertificate('extra.pem', certificates.ca.cert);
  const other = writeCertificate('other.pem', certificates.untrustedCa.cert);
  expect(await isServerTrusted({ NODE_EXTRA_CA_CERTS: extra })).toBe(true);
  expect(await isServerTrusted({ NODE_EXTRA_CA_CERTS: extra, SSL_CERT_FILE: other })).toBe(true);
});

test('ignores a missing NODE_EXTRA_CA_CERTS file, as Node.js does', async () => {
  expect(await isServerTrusted({ NODE_EXTRA_CA_CERTS: join(folder, 'absent.pem') })).toBe(false);
});

test('rejects an SSL_CERT_FILE that cannot be read', () => {
  expect(() => readSystemRoots({ SSL_CERT_FILE: join(folder, 'absent.pem') })).toThrow(
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

test('trusts no server if SSL_CERT_FILE contains no certificate', async () => {
  expect(
    await isServerTrusted({ SSL_CERT_FILE: writeCertificate('empty.pem', 'nothing here\n') }),
  ).toBe(false);
});

test('treats empty variables as unset', () => {
  expect(readSystemRoots({ SSL_CERT_FILE: '', NODE_EXTRA_CA_CERTS: '' })).toEqual(
    readSystemRoots({}),
  );
});

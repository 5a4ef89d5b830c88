import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHttpsSend } from '../../../src/http/https-send.js';
import { readSystemRoots } from '../../../src/http/system-roots.js';
import { makeCertificates, type Certificates } from '../../support/certificates.js';
import { startFaultyServer, type FaultyServer } from '../../support/faulty-server.js';

let folder: string;
let certificates: Certificates;
let server: FaultyServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tpks-roots-'));
  certificates = await makeCertificates();
  server = await startFaultyServer(certificates.good);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.close();
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Whether a server of the test CA is trusted in such an environment. */
async function trusts(env: NodeJS.ProcessEnv): Promise<boolean> {
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

test('the system’s own list does not hold the test CA', async () => {
  expect(await trusts({})).toBe(false);
});

test('SSL_CERT_FILE is the system’s list', async () => {
  expect(await trusts({ SSL_CERT_FILE: file('ca.pem', certificates.ca.cert) })).toBe(true);
  expect(await trusts({ SSL_CERT_FILE: file('no.pem', certificates.strangerCa.cert) })).toBe(false);
});

test('NODE_EXTRA_CA_CERTS is added to it', async () => {
  const extra = file('extra.pem', certificates.ca.cert);
  const other = file('other.pem', certificates.strangerCa.cert);
  expect(await trusts({ NODE_EXTRA_CA_CERTS: extra })).toBe(true);
  expect(await trusts({ NODE_EXTRA_CA_CERTS: extra, SSL_CERT_FILE: other })).toBe(true);
});

test('a missing extra file is ignored, as in Node', async () => {
  expect(await trusts({ NODE_EXTRA_CA_CERTS: join(folder, 'absent.pem') })).toBe(false);
});

test('an SSL_CERT_FILE that cannot be read is an error, never an empty list', () => {
  expect(() => readSystemRoots({ SSL_CERT_FILE: join(folder, 'absent.pem') })).toThrow(
    expect.objectContaining({
      kind: 'usage',
      message: expect.stringContaining('(set in SSL_CERT_FILE)'),
    }),
  );
});

test.each(['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'])('%s must be a regular file', (variable) => {
  expect(() => readSystemRoots({ [variable]: '/dev/zero' })).toThrow(
    expect.objectContaining({
      kind: 'usage',
      message: `Cannot read /dev/zero (set in ${variable}): it is not a regular file`,
    }),
  );
});

test('an SSL_CERT_FILE without a certificate trusts no server', async () => {
  expect(await trusts({ SSL_CERT_FILE: file('empty.pem', 'nothing here\n') })).toBe(false);
});

test('empty variables count as none', () => {
  expect(readSystemRoots({ SSL_CERT_FILE: '', NODE_EXTRA_CA_CERTS: '' })).toEqual(
    readSystemRoots({}),
  );
});

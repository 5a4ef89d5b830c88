import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { beforeAll, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { verifyHost } from '../../src/platform/http/certificate-authorities.js';
import { ensureCertificates, type Certificates } from '../../src/sandbox/tls.js';
import { folderWithCertificates, temporaryFolder } from './running-sandbox.js';

const day = 86_400_000;

let original: Certificates;
beforeAll(async () => {
  original = await ensureCertificates(await folderWithCertificates());
});

test.each(['localhost', '127.0.0.1', '::1'])(
  'creates a certificate for %s that is valid for clients that trust the CA',
  async (name) => {
    await expect(handshake(original, name)).resolves.toBe(true);
  },
);

test('creates a certificate that is invalid for other names', async () => {
  await expect(handshake(original, 'elsewhere.example.com')).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
});

test('creates certificates that are valid on a machine whose clock is a day off', () => {
  for (const pem of [original.ca, original.cert]) {
    const certificate = new X509Certificate(pem);
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now() - day);
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now() + day);
  }
});

test('restricts the files to their owner, and returns the same certificates after a restart', async () => {
  for (const name of ['ca-key.pem', 'server-key.pem', 'ca.pem', 'server.pem']) {
    expect(statSync(join(dirname(original.caPath), name)).mode & 0o777).toBe(0o600);
  }
  expect(await ensureCertificates(dirname(original.caPath))).toEqual(original);
  expect(readFileSync(original.caPath, 'utf8')).toBe(original.ca);
});

test('creates everything again if the CA key is missing, with another name, so that one file can contain both CAs', async () => {
  const folder = await folderWithCertificates();
  // A full disk can leave empty files.
  writeFileSync(join(folder, 'ca-key.pem'), '');
  const other = await ensureCertificates(folder);
  await expect(handshake({ ...other, ca: original.ca }, 'localhost')).rejects.toMatchObject({
    code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  });
  expect(new X509Certificate(other.ca).subject).not.toBe(new X509Certificate(original.ca).subject);
  const ca = `${original.ca}\n${other.ca}`;
  await expect(handshake({ ...original, ca }, 'localhost')).resolves.toBe(true);
  await expect(handshake({ ...other, ca }, 'localhost')).resolves.toBe(true);
});

test.each([
  ['the server key is missing', 'server-key.pem', ''],
  ['the server certificate is damaged', 'server.pem', 'broken'],
])('keeps the CA if %s', async (_case, name, content) => {
  const folder = await folderWithCertificates();
  writeFileSync(join(folder, name), content);
  const { ca, cert, key } = await ensureCertificates(folder);
  expect(ca).toBe(original.ca);
  expect(cert).not.toBe(original.cert);
  await expect(handshake({ ca, cert, key }, 'localhost')).resolves.toBe(true);
});

test('keeps the CA if the server certificate expires soon', async () => {
  const folder = await folderWithCertificates();
  const ending = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + 3 * day),
    ca: { cert: original.ca, key: readFileSync(join(folder, 'ca-key.pem'), 'utf8') },
  });
  writeFileSync(join(folder, 'server.pem'), ending.cert);
  writeFileSync(join(folder, 'server-key.pem'), ending.private);
  const after = await ensureCertificates(folder);
  expect(after.ca).toBe(original.ca);
  expect(Date.parse(new X509Certificate(after.cert).validTo)).toBeGreaterThan(
    Date.now() + 300 * day,
  );
});

test('replaces empty certificates, which a full disk can leave behind', async () => {
  const folder = temporaryFolder();
  for (const name of ['ca.pem', 'ca-key.pem']) writeFileSync(join(folder, name), '');
  await expect(handshake(await ensureCertificates(folder), 'localhost')).resolves.toBe(true);
});

test('does not replace certificates of others or change the mode of their folder', async () => {
  const folder = join(temporaryFolder(), 'theirs');
  mkdirSync(folder, { mode: 0o755 });
  const theirs = await generate([{ name: 'commonName', value: 'their CA' }], {
    algorithm: 'sha256',
    keyType: 'ec',
  });
  writeFileSync(join(folder, 'ca.pem'), theirs.cert);
  await expect(ensureCertificates(folder)).rejects.toMatchObject({
    message: `${folder} contains certificates that tpks sandbox did not create`,
    advice: 'use another folder: tpks sandbox --dir PATH',
  });
  expect(readFileSync(join(folder, 'ca.pem'), 'utf8')).toBe(theirs.cert);
  expect(statSync(folder).mode & 0o777).toBe(0o755);
});

test('does not replace a server key that has no CA', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'server-key.pem'), 'precious');
  await expect(ensureCertificates(folder)).rejects.toThrow('did not create');
  expect(readFileSync(join(folder, 'server-key.pem'), 'utf8')).toBe('precious');
});

/** @returns whether a client that connects to `name` accepts the certificate. */
async function handshake(
  { ca, cert, key }: Pick<Certificates, 'ca' | 'cert' | 'key'>,
  name: string,
): Promise<boolean> {
  const server = createServer({ cert, key }, (socket) => socket.end()).listen(0, '127.0.0.1');
  server.on('tlsClientError', () => undefined);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const isHost = /^[a-z]/.test(name);
  const socket = connect({
    host: '127.0.0.1',
    port,
    ca,
    ...(isHost && { servername: name }),
    // The connection always uses 127.0.0.1, but the certificate must match `name`.
    checkServerIdentity: (_host, certificate) => verifyHost(name, certificate),
  });
  try {
    await once(socket, 'secureConnect');
    return socket.authorized;
  } finally {
    socket.destroy();
    server.close();
  }
}

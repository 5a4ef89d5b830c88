import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { verifyHost } from '../../../src/http/verify-host.js';
import { ensureCertificates, type Certificates } from '../../../src/sandbox/tls.js';
import { temporaryFolder } from './running-sandbox.js';

const day = 86_400_000;

describe('ensureCertificates', () => {
  test.each(['localhost', '127.0.0.1', '::1'])(
    'creates a certificate for %s that is valid for clients that trust the CA',
    async (name) => {
      await expect(handshake(await ensureCertificates(temporaryFolder()), name)).resolves.toBe(
        true,
      );
    },
  );

  test('creates a certificate that is invalid for other names and for clients with another CA', async () => {
    const mine = await ensureCertificates(temporaryFolder());
    const others = await ensureCertificates(temporaryFolder());
    await expect(handshake(mine, 'elsewhere.example.com')).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    await expect(handshake({ ...mine, ca: others.ca }, 'localhost')).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
  });

  test('creates certificates that are valid on a machine whose clock is a day off', async () => {
    const { ca, cert } = await ensureCertificates(temporaryFolder());
    for (const certificate of [new X509Certificate(ca), new X509Certificate(cert)]) {
      expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now() - day);
      expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now() + day);
    }
  });

  test('restricts the files to their owner', async () => {
    const folder = temporaryFolder();
    await ensureCertificates(folder);
    for (const name of ['ca-key.pem', 'server-key.pem', 'ca.pem', 'server.pem']) {
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    }
  });

  test('returns the same certificates after a restart', async () => {
    const folder = temporaryFolder();
    const first = await ensureCertificates(folder);
    expect(await ensureCertificates(folder)).toEqual(first);
    expect(readFileSync(first.caPath, 'utf8')).toBe(first.ca);
  });

  test('gives each CA a different name, so that one file can contain two CAs', async () => {
    const [one, two] = [
      await ensureCertificates(temporaryFolder()),
      await ensureCertificates(temporaryFolder()),
    ];
    expect(new X509Certificate(one.ca).subject).not.toBe(new X509Certificate(two.ca).subject);
    const both = `${one.ca}\n${two.ca}`;
    await expect(handshake({ ...one, ca: both }, 'localhost')).resolves.toBe(true);
    await expect(handshake({ ...two, ca: both }, 'localhost')).resolves.toBe(true);
  });

  test.each([
    ['the server key is missing', 'server-key.pem', ''],
    ['the server certificate is damaged', 'server.pem', 'broken'],
  ])('keeps the CA if %s', async (_case, name, content) => {
    const folder = temporaryFolder();
    const before = await ensureCertificates(folder);
    writeFileSync(join(folder, name), content);
    const after = await ensureCertificates(folder);
    expect(after.ca).toBe(before.ca);
    expect(after.cert).not.toBe(before.cert);
    await expect(handshake(after, 'localhost')).resolves.toBe(true);
  });

  test('keeps the CA if the server certificate expires soon', async () => {
    const folder = temporaryFolder();
    const before = await ensureCertificates(folder);
    const ending = await generate([{ name: 'commonName', value: 'localhost' }], {
      ...{ keyType: 'ec', algorithm: 'sha256', notAfterDate: new Date(Date.now() + 3 * day) },
      ca: { cert: before.ca, key: readFileSync(join(folder, 'ca-key.pem'), 'utf8') },
      extensions: [
        {
          name: 'subjectAltName',
          altNames: [
            { type: 2, value: 'localhost' },
            { type: 7, ip: '127.0.0.1' },
            { type: 7, ip: '::1' },
          ],
        },
      ],
    });
    writeFileSync(join(folder, 'server.pem'), ending.cert);
    writeFileSync(join(folder, 'server-key.pem'), ending.private);
    const after = await ensureCertificates(folder);
    expect(after.ca).toBe(before.ca);
    expect(Date.parse(new X509Certificate(after.cert).validTo)).toBeGreaterThan(
      Date.now() + 300 * day,
    );
  });

  test('creates everything again if the CA key is missing', async () => {
    const folder = temporaryFolder();
    const before = await ensureCertificates(folder);
    writeFileSync(join(folder, 'ca-key.pem'), '');
    const after = await ensureCertificates(folder);
    expect(after.ca).not.toBe(before.ca);
    await expect(handshake(after, 'localhost')).resolves.toBe(true);
  });

  test('does not replace certificates of others or change the mode of their folder', async () => {
    const folder = join(temporaryFolder(), 'theirs');
    mkdirSync(folder, { mode: 0o755 });
    const theirs = await generate([{ name: 'commonName', value: 'their CA' }], {
      algorithm: 'sha256',
      keyType: 'ec',
    });
    writeFileSync(join(folder, 'ca.pem'), theirs.cert);
    await expect(ensureCertificates(folder)).rejects.toThrow(
      `${folder} contains certificates that tpks sandbox did not create`,
    );
    expect(readFileSync(join(folder, 'ca.pem'), 'utf8')).toBe(theirs.cert);
    expect(statSync(folder).mode & 0o777).toBe(0o755);
  });

  test('does not replace a server key that has no CA', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'server-key.pem'), 'precious');
    await expect(ensureCertificates(folder)).rejects.toMatchObject({
      advice: 'use another folder: tpks sandbox --dir PATH',
    });
    expect(readFileSync(join(folder, 'server-key.pem'), 'utf8')).toBe('precious');
  });
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

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { Secret } from '../../../../src/base/secret.js';
import { createKeyFile, parseClientKey } from '../../../../src/domain/auth/client-key.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';

const folder = fileFolder();

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const p256 = ec('P-256');
const rsa2048 = rsa(2048);

const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8') =>
  key.export({ format: 'pem', type }).toString();
const jwk = (key: KeyObject, members = {}) =>
  JSON.stringify({ ...key.export({ format: 'jwk' }), ...members });

const parse = (text: string) => parseClientKey(new Secret(text), 'ci.key');

describe('a private key is read from', () => {
  test.each([
    ['PKCS #8 with P-256', pem(p256.privateKey), 'P-256'],
    ['SEC 1 with P-384', pem(ec('P-384').privateKey, 'sec1'), 'P-384'],
    ['PKCS #8 with RSA', pem(rsa2048.privateKey), 2048],
    ['PKCS #1', pem(rsa2048.privateKey, 'pkcs1'), 2048],
    ['a JWK with P-256', jwk(p256.privateKey), 'P-256'],
    ['a JWK with RSA', jwk(rsa2048.privateKey, { alg: 'RS256', use: 'sig' }), 2048],
  ])('%s', async (_name, text, size) => {
    const { privateKey, keyId } = await parse(text);
    expect({ ...privateKey.algorithm }).toMatchObject(
      typeof size === 'number' ? { modulusLength: size } : { namedCurve: size },
    );
    expect(privateKey.extractable).toBe(false);
    expect(keyId).toBeUndefined();
  });

  test('a JWK with its id', async () => {
    expect(await parse(jwk(p256.privateKey, { kid: 'k1' }))).toMatchObject({ keyId: 'k1' });
  });
});

describe('is rejected:', () => {
  const encrypted = { format: 'pem', cipher: 'aes-128-cbc', passphrase: 'abcd' } as const;
  const encryptedKey = p256.privateKey.export({ ...encrypted, type: 'pkcs8' }).toString();
  const oldEncryptedKey = rsa2048.privateKey.export({ ...encrypted, type: 'pkcs1' }).toString();
  const publicKey = p256.publicKey.export({ format: 'pem', type: 'spki' }).toString();

  test.each([
    ['an encrypted key', encryptedKey, 'The key in ci.key is encrypted'],
    ['an old encrypted key', oldEncryptedKey, 'The key in ci.key is encrypted'],
    ['a public key', publicKey, 'ci.key contains a public key'],
    ['a public JWK', jwk(p256.publicKey), 'ci.key contains a public key'],
    ['Ed25519', pem(generateKeyPairSync('ed25519').privateKey), 'The UAA does not support the key'],
    ['P-521', pem(ec('P-521').privateKey), 'The UAA does not support the key in ci.key'],
    ['a short RSA key', pem(rsa(1024).privateKey), 'The UAA does not support the key in ci.key'],
    [
      'another algorithm',
      jwk(p256.privateKey, { alg: 'ES512' }),
      'The UAA does not support the key',
    ],
    ['invalid numbers', jwk(p256.privateKey, { x: 'AA' }), 'ci.key contains no valid private key'],
    ['another text', 'hello', 'ci.key contains no private key'],
    ['an empty text', '', 'ci.key contains no private key'],
  ])('%s', async (_name, text, message) => {
    await expect(parse(text)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(message),
    });
  });
});

test('a path in TPKS_CLIENT_KEY belongs into TPKS_CLIENT_KEY_FILE', async () => {
  await expect(parseClientKey(new Secret('/run/ci.key'), 'TPKS_CLIENT_KEY')).rejects.toMatchObject({
    message: 'TPKS_CLIENT_KEY contains no private key',
    hint: expect.stringMatching(/^for a path, use TPKS_CLIENT_KEY_FILE\n/),
  });
});

describe('a new key file', () => {
  test.each([
    ['ec', 'ES256'],
    ['rsa', 'RS256'],
  ] as const)('of the type %s can be read only by its owner', async (type, alg) => {
    const path = join(folder.path, type);
    const { keyId, jwks } = createKeyFile(path, type);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    expect(await parse(text)).toMatchObject({ keyId });
    const { keys } = JSON.parse(jwks) as { keys: JWK[] };
    expect(keys).toMatchObject([{ kid: keyId, alg }]);
    expect(await calculateJwkThumbprint(keys[0] ?? {})).toBe(keyId);
    const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi'];
    expect(Object.keys(keys[0] ?? {}).filter((name) => privateMembers.includes(name))).toEqual([]);
  });
});

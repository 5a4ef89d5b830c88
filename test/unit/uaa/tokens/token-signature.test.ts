import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { verifyWithKey } from '../../../../src/uaa/tokens/token-signature.js';
import { createTokenKeys } from '../../../../src/uaa/tokens/token-keys.js';
import { fakeSend } from '../fake-send.js';

const verify = (token: string, key: string, stdin = '') =>
  verifyWithKey(token, key, () => Promise.resolve(stdin));

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const secret = 'tokenKey';
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const folder = mkdtempSync(join(tmpdir(), 'tpks-keys-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function createToken(header: object, createSignature: (data: string) => Buffer): string {
  const data = `${encode(header)}.${encode({ user_name: 'cody' })}`;
  return `${data}.${createSignature(data).toString('base64url')}`;
}
const rsaToken = createToken({ alg: 'RS256', kid: 'now' }, (data) =>
  sign('sha256', Buffer.from(data), rsa.privateKey),
);
const ecToken = createToken({ alg: 'ES256', kid: 'ec' }, (data) =>
  sign('sha256', Buffer.from(data), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
);
const hmac = (key: string) => (data: string) => createHmac('sha256', key).update(data).digest();
const hmacToken = createToken({ alg: 'HS256' }, hmac(secret));

describe('a given key', () => {
  test('can be PEM, with real or escaped line breaks, or the path of a PEM file', async () => {
    const pem = pemOf(rsa.publicKey);
    writeFileSync(join(folder, 'key.pem'), pem);
    expect(await verify(rsaToken, pem)).toBe('public key');
    expect(await verify(rsaToken, pem.replaceAll('\n', '\\n'))).toBe('public key');
    expect(await verify(rsaToken, join(folder, 'key.pem'))).toBe('public key');
    expect(await verify(ecToken, pemOf(ec.publicKey))).toBe('public key');
  });

  test('can be a shared secret or the path of a file that contains it', async () => {
    writeFileSync(join(folder, 'secret'), `${secret}\n`);
    expect(await verify(hmacToken, secret)).toBe('shared secret');
    expect(await verify(hmacToken, join(folder, 'secret'))).toBe('shared secret');
  });

  test.each<[string, string, () => string]>([
    ['another key', rsaToken, () => pemOf(other.publicKey)],
    ['a key of another type', rsaToken, () => pemOf(ec.publicKey)],
    ['another secret', hmacToken, () => 'another'],
    ['a secret for a signature with a private key', rsaToken, () => secret],
    ['a public key for a signature with a secret', hmacToken, () => pemOf(rsa.publicKey)],
    [
      'the text of a public key, used as the secret',
      createToken({ alg: 'HS256' }, hmac(pemOf(rsa.publicKey))),
      () => pemOf(rsa.publicKey),
    ],
    ['the algorithm none', createToken({ alg: 'none' }, () => Buffer.from('x')), () => secret],
    [
      'a changed claim',
      rsaToken.replace(/\.[^.]+\./, `.${encode({ user_name: 'eve' })}.`),
      () => pemOf(rsa.publicKey),
    ],
    ['an empty secret', hmacToken, () => ''],
    ['a key of another curve', ecToken, () => pemOf(p384.publicKey)],
  ])('is rejected in the case of %s', async (_name, token, key) => {
    await expect(verify(token, key())).rejects.toMatchObject({
      kind: 'failed',
      hint: expect.stringContaining('--no-verify'),
    });
  });

  test('must have the 2048 bits that RS256 requires', async () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const token = createToken({ alg: 'RS256' }, (data) =>
      sign('sha256', Buffer.from(data), short.privateKey),
    );
    await expect(verify(token, pemOf(short.publicKey))).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('the key has 1024 bits, but RS256 requires 2048'),
    });
  });

  test('is reported if it cannot be read', async () => {
    const invalidKey = '-----BEGIN PUBLIC KEY-----\nbm9uZQ==\n-----END PUBLIC KEY-----';
    await expect(verify(rsaToken, invalidKey)).rejects.toMatchObject({ kind: 'usage' });
    await expect(verify(rsaToken, folder)).rejects.toMatchObject({ kind: 'usage' });
  });
});

describe('the keys of the UAA', () => {
  const createTestKeys = (...keys: object[]) => {
    const { send, requests } = fakeSend(() => ({ keys }));
    return { requests, verify: createTokenKeys(send, 'https://uaa.example.com').verify };
  };
  const now = { kid: 'now', kty: 'RSA', value: pemOf(rsa.publicKey) };
  const old = { kid: 'old', kty: 'RSA', value: pemOf(other.publicKey) };

  test('include the key that the token names', async () => {
    const { verify, requests } = createTestKeys(old, now);
    expect(await verify(rsaToken)).toBe('now');
    expect(requests).toMatchObject([{ method: 'GET', url: 'https://uaa.example.com/token_keys' }]);
  });

  test('can be in JWK format only', async () => {
    const jwk = ec.publicKey.export({ format: 'jwk' });
    expect(await createTestKeys(now, { ...jwk, kid: 'ec' }).verify(ecToken)).toBe('ec');
  });

  test.each<[string, object[], string]>([
    ['an unknown key id', [old, { ...now, kid: 'x' }], rsaToken],
    ['another key with the same key id', [{ ...old, kid: 'now' }], rsaToken],
    [
      'a shared key, which the UAA does not publish',
      [{ kid: 'now', kty: 'MAC', value: secret }],
      hmacToken,
    ],
  ])('do not verify a token in the case of %s', async (_name, keys, token) => {
    await expect(createTestKeys(...keys).verify(token)).rejects.toMatchObject({ kind: 'failed' });
  });

  test.each(['0123456789abcdef0123456789abcdef', 'a.b', 'a.b.c.d'])(
    'are not requested for %s, which is not a signed JWT',
    async (token) => {
      const { verify, requests } = createTestKeys(now);
      await expect(verify(token)).rejects.toMatchObject({
        kind: 'failed',
        hint: expect.stringContaining('uaa.resource'),
      });
      expect(requests).toEqual([]);
    },
  );
});

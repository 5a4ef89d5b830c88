import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { verifyWithKey as verify } from '../../../../src/uaa/tokens/verify-with-key.js';
import { createTokenKeys } from '../../../../src/uaa/tokens/token-keys.js';
import { fakeSend } from '../fake-send.js';

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

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function signed(header: object, how: (data: string) => Buffer): string {
  const data = `${encoded(header)}.${encoded({ user_name: 'cody' })}`;
  return `${data}.${how(data).toString('base64url')}`;
}
const byRsa = signed({ alg: 'RS256', kid: 'now' }, (data) =>
  sign('sha256', Buffer.from(data), rsa.privateKey),
);
const byEc = signed({ alg: 'ES256', kid: 'ec' }, (data) =>
  sign('sha256', Buffer.from(data), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
);
const hmac = (key: string) => (data: string) => createHmac('sha256', key).update(data).digest();
const bySecret = signed({ alg: 'HS256' }, hmac(secret));

describe('a key that is given', () => {
  test('may be PEM, with its line ends written out or not, or a file of it', async () => {
    const pem = pemOf(rsa.publicKey);
    writeFileSync(join(folder, 'key.pem'), pem);
    expect(await verify(byRsa, pem)).toBe('public key');
    expect(await verify(byRsa, pem.replaceAll('\n', '\\n'))).toBe('public key');
    expect(await verify(byRsa, join(folder, 'key.pem'))).toBe('public key');
    expect(await verify(byEc, pemOf(ec.publicKey))).toBe('public key');
  });

  test('may be a shared secret, or a file of it', async () => {
    writeFileSync(join(folder, 'secret'), `${secret}\n`);
    expect(await verify(bySecret, secret)).toBe('shared secret');
    expect(await verify(bySecret, join(folder, 'secret'))).toBe('shared secret');
  });

  test.each<[string, string, () => string]>([
    ['the key of another', byRsa, () => pemOf(other.publicKey)],
    ['a key of another kind', byRsa, () => pemOf(ec.publicKey)],
    ['another secret', bySecret, () => 'another'],
    ['a secret for a public key’s signature', byRsa, () => secret],
    ['a public key for a secret’s signature', bySecret, () => pemOf(rsa.publicKey)],
    [
      'the text of a public key, used as the secret',
      signed({ alg: 'HS256' }, hmac(pemOf(rsa.publicKey))),
      () => pemOf(rsa.publicKey),
    ],
    ['no signature at all', signed({ alg: 'none' }, () => Buffer.from('x')), () => secret],
    [
      'a changed claim',
      byRsa.replace(/\.[^.]+\./, `.${encoded({ user_name: 'eve' })}.`),
      () => pemOf(rsa.publicKey),
    ],
    ['an empty secret', bySecret, () => ''],
    ['the key of another curve', byEc, () => pemOf(p384.publicKey)],
  ])('does not take %s', async (_what, token, key) => {
    await expect(verify(token, key())).rejects.toMatchObject({
      kind: 'failed',
      hint: expect.stringContaining('--no-verify'),
    });
  });

  test('must have the 2048 bits that RS256 requires', async () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const token = signed({ alg: 'RS256' }, (data) =>
      sign('sha256', Buffer.from(data), short.privateKey),
    );
    await expect(verify(token, pemOf(short.publicKey))).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('the key has 1024 bits, but RS256 requires 2048'),
    });
  });

  test('that is broken is reported', async () => {
    const broken = '-----BEGIN PUBLIC KEY-----\nbm9uZQ==\n-----END PUBLIC KEY-----';
    await expect(verify(byRsa, broken)).rejects.toMatchObject({ kind: 'usage' });
    await expect(verify(byRsa, folder)).rejects.toMatchObject({ kind: 'usage' });
  });
});

describe('the UAA’s keys', () => {
  const keysOf = (...keys: object[]) => {
    const { send, requests } = fakeSend(() => ({ keys }));
    return { requests, verify: createTokenKeys(send, 'https://uaa.example.com').verify };
  };
  const now = { kid: 'now', kty: 'RSA', value: pemOf(rsa.publicKey) };
  const old = { kid: 'old', kty: 'RSA', value: pemOf(other.publicKey) };

  test('verify by the one that the token names', async () => {
    const { verify, requests } = keysOf(old, now);
    expect(await verify(byRsa)).toBe('now');
    expect(requests).toMatchObject([{ method: 'GET', url: 'https://uaa.example.com/token_keys' }]);
  });

  test('may be a JWK alone', async () => {
    const jwk = ec.publicKey.export({ format: 'jwk' });
    expect(await keysOf(now, { ...jwk, kid: 'ec' }).verify(byEc)).toBe('ec');
  });

  test.each<[string, object[], string]>([
    ['an unknown name', [old, { ...now, kid: 'x' }], byRsa],
    ['the key of another under that name', [{ ...old, kid: 'now' }], byRsa],
    ['a shared key, which nobody is shown', [{ kid: 'now', kty: 'MAC', value: secret }], bySecret],
  ])('do not take %s', async (_what, keys, token) => {
    await expect(keysOf(...keys).verify(token)).rejects.toMatchObject({ kind: 'failed' });
  });

  test.each(['0123456789abcdef0123456789abcdef', 'a.b', 'a.b.c.d'])(
    'know nothing of %s',
    async (token) => {
      const { verify, requests } = keysOf(now);
      await expect(verify(token)).rejects.toMatchObject({
        kind: 'failed',
        hint: expect.stringContaining('uaa.resource'),
      });
      expect(requests).toEqual([]);
    },
  );
});

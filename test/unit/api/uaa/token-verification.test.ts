import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { withStatusErrors } from '../../../../src/api/client/api-error.js';
import { createTokenVerifier, verifyWithKey } from '../../../../src/api/uaa/token-verification.js';
import { TpksError } from '../../../../src/base/errors.js';
import { Secret } from '../../../../src/base/secret.js';
import type { HttpRequest } from '../../../../src/platform/http/send.js';
import { fakeSend as fakeResponses, type FakeResponse } from '../../../support/fakes/fake-send.js';
import { fileFolder } from '../../../support/fixtures/file-folder.js';
import { fakeSend } from './fake-send.js';

const uaa = 'https://uaa.example.com';
const token = new Secret('a-token+&=');
const client = (clientId: string, secret: string) => ({
  clientId,
  clientSecret: new Secret(secret),
});
const readCredentials = ({ headers = {} }: HttpRequest) =>
  Buffer.from((headers['authorization'] ?? '').replace(/^Basic /, ''), 'base64').toString();
const createError = (status: number, message: string) =>
  new TpksError('failed', message, { status, oauthError: 'x' });

describe('check_token', () => {
  describe('a secret that can be encoded in two ways', () => {
    test('is encoded for newer UAAs first, then for older ones', async () => {
      const { send, requests } = fakeSend((request) => {
        if (readCredentials(request) !== 'my client:50%+x')
          throw createError(401, 'Bad credentials');
        return { client_id: 'cf', exp: 1 };
      });
      await createTokenVerifier(send, uaa).check(token, client('my client', '50%+x'));
      expect(requests.map(readCredentials)).toEqual(['my%20client:50%25%2Bx', 'my client:50%+x']);
      expect(requests[0]?.headers).toHaveProperty('x-cf-encoded-credentials', 'true');
      expect(requests[1]?.headers).not.toHaveProperty('x-cf-encoded-credentials');
    });
  });

  test.each([
    [400, 'failed', 'The token is invalid: Token has expired', undefined],
    [401, 'unauthenticated', 'Token has expired', 'check the client a and its secret'],
    [403, 'forbidden', 'Token has expired', 'the client a needs the authority uaa.resource'],
  ])('reports HTTP %i as %s: %s', async (status, kind, message, hint) => {
    const { send } = fakeSend(() => {
      throw createError(status, 'Token has expired');
    });
    await expect(
      createTokenVerifier(send, uaa).check(token, client('a', 'b')),
    ).rejects.toMatchObject({
      ...{ kind, message, hint, status },
    });
  });
});

const key = { kty: 'MAC', alg: 'HS256', value: 'tokenKey', use: 'sig' };

function createTestKeys(...answers: readonly FakeResponse[]) {
  const { send, requests } = fakeResponses(...answers);
  return { keys: createTokenVerifier(withStatusErrors(send), uaa), requests };
}
const reader = (clientSecret: string) => ({
  clientId: 'reader',
  clientSecret: new Secret(clientSecret),
});

test('authenticates the client of the signing key with Basic, in both encodings if they differ', async () => {
  const { keys, requests } = createTestKeys({ status: 401, body: {} }, { body: key });
  expect(await keys.getSigningKey(reader('p%+ü'))).toEqual(key);
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
  expect(requests.map(({ headers }) => headers?.['authorization'])).toEqual([
    basic(`reader:${encodeURIComponent('p%+ü')}`),
    basic('reader:p%+ü'),
  ]);
});

describe('a rejected request for the signing key', () => {
  const rejection = { error: 'unauthorized', error_description: 'Bad credentials' };

  test('without a client has a hint to use one', async () => {
    await expect(
      createTestKeys({ status: 401, body: rejection }).keys.getSigningKey(),
    ).rejects.toMatchObject({
      kind: 'unauthenticated',
      hint: expect.stringContaining('use -c CLIENT'),
    });
  });

  test('of a client has a hint that depends on the status', async () => {
    const { keys, requests } = createTestKeys({ status: 401, body: rejection });
    await expect(keys.getSigningKey(reader('plain'))).rejects.toMatchObject({
      hint: 'check the client reader and its secret',
    });
    expect(requests).toHaveLength(1);
    const denied = createTestKeys({ status: 403, body: { error: 'access_denied' } });
    await expect(denied.keys.getSigningKey(reader('plain'))).rejects.toMatchObject({
      kind: 'forbidden',
      hint: 'the client reader needs the authority uaa.resource',
    });
  });
});

const verify = (token: string, key: string, stdin = '') =>
  verifyWithKey(token, key, () => Promise.resolve(stdin));

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const secret = 'tokenKey';
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const folder = fileFolder();

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
    const pemFile = folder.write('key.pem', pem);
    expect(await verify(rsaToken, pem)).toBe('public key');
    expect(await verify(rsaToken, pem.replaceAll('\n', '\\n'))).toBe('public key');
    expect(await verify(rsaToken, pemFile)).toBe('public key');
    expect(await verify(ecToken, pemOf(ec.publicKey))).toBe('public key');
  });

  test('can be a shared secret or the path of a file that contains it', async () => {
    const secretFile = folder.write('secret', `${secret}\n`);
    expect(await verify(hmacToken, secret)).toBe('shared secret');
    expect(await verify(hmacToken, secretFile)).toBe('shared secret');
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

  test('is reported if it cannot be read', async () => {
    const invalidKey = '-----BEGIN PUBLIC KEY-----\nbm9uZQ==\n-----END PUBLIC KEY-----';
    await expect(verify(rsaToken, invalidKey)).rejects.toMatchObject({ kind: 'usage' });
    await expect(verify(rsaToken, folder.path)).rejects.toMatchObject({ kind: 'usage' });
  });
});

describe('the keys of the UAA', () => {
  const createTestKeys = (...keys: object[]) => {
    const { send, requests } = fakeSend(() => ({ keys }));
    return { requests, verify: createTokenVerifier(send, 'https://uaa.example.com').verify };
  };
  const now = { kid: 'now', kty: 'RSA', value: pemOf(rsa.publicKey) };
  const old = { kid: 'old', kty: 'RSA', value: pemOf(other.publicKey) };

  test('include the key that the token names', async () => {
    const { verify, requests } = createTestKeys(old, now);
    expect(await verify(rsaToken)).toBe('now');
    expect(requests).toMatchObject([{ method: 'GET', url: 'https://uaa.example.com/token_keys' }]);
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
        hint: expect.stringContaining('token decode -c CLIENT'),
      });
      expect(requests).toEqual([]);
    },
  );
});

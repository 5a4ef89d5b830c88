import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import { SignJWT, exportJWK } from 'jose';
import type { HttpClient } from '../../../src/sandbox/http-client.js';
import {
  createOidcAuthenticator,
  type TokenAuthenticator,
} from '../../../src/sandbox/kubernetes/authentication.js';

const now = Date.parse('2026-11-25T10:00:00Z') / 1000;
const issuer = 'https://uaa.example.com/oauth/token';

const createKey = (id: string) => ({ ...generateKeyPairSync('rsa', { modulusLength: 2048 }), id });
const key = createKey('current');
const otherKey = createKey('other');

/** A UAA with one key. */
function createUaa() {
  const state = { isReachable: true, requests: 0 };
  const client = {
    baseUrl: 'https://uaa.example.com',
    send: async () => {
      state.requests += 1;
      if (!state.isReachable) throw new Error('unreachable');
      const jwk = { ...(await exportJWK(key.publicKey)), kid: key.id, alg: 'RS256' };
      return { status: 200, body: JSON.stringify({ keys: [jwk] }) };
    },
  } as Partial<HttpClient> as HttpClient;
  return { state, client };
}

let uaa: ReturnType<typeof createUaa>;
let authenticate: TokenAuthenticator;
beforeEach(() => {
  uaa = createUaa();
  const check = { uaa: uaa.client, clientId: 'pks_client', clientSecret: 'secret' };
  authenticate = createOidcAuthenticator(check, () => now * 1000);
});

const sign = (
  claims: Record<string, unknown> = {},
  { privateKey, id }: { privateKey: KeyObject; id: string } = key,
): Promise<string> =>
  new SignJWT({
    iss: issuer,
    aud: ['pks_cluster_client'],
    exp: now + 600,
    iat: now,
    user_name: 'naomi',
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256', kid: id })
    .sign(privateKey);

test('returns the user and the groups with a prefix', async () => {
  expect(await authenticate(await sign({ roles: ['dev', 'ops'] }))).toEqual({
    username: 'oidc:naomi',
    groups: ['oidc:dev', 'oidc:ops'],
  });
  expect(await authenticate(await sign())).toMatchObject({ groups: [] });
});

test.each([
  ['that have expired', { exp: now }],
  ['of another issuer', { iss: 'https://other.example.com/oauth/token' }],
  ['for another client', { aud: ['pks_cli'] }],
  ['without a user', { user_name: undefined }],
])('rejects tokens %s', async (_description, claims) => {
  await expect(authenticate(await sign(claims))).rejects.toThrow();
});

test('rejects tokens of another key', async () => {
  await expect(authenticate(await sign({}, otherKey))).rejects.toThrow();
  await expect(authenticate(await sign({}, { ...otherKey, id: key.id }))).rejects.toThrow();
});

test('accepts a token until it expires by the clock of the sandbox', async () => {
  expect(await authenticate(await sign({ exp: now + 1 }))).toBeDefined();
});

test('fetches the keys once, and again after the UAA was unreachable', async () => {
  uaa.state.isReachable = false;
  await expect(authenticate(await sign())).rejects.toThrow();
  uaa.state.isReachable = true;
  await authenticate(await sign());
  await authenticate(await sign());
  expect(uaa.state.requests).toBe(2);
});

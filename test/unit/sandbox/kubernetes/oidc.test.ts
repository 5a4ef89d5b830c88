import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { SignJWT, exportJWK } from 'jose';
import type { HttpClient } from '../../../../src/sandbox/http-client.js';
import { createOidcAuthenticator } from '../../../../src/sandbox/kubernetes/server/oidc.js';

const now = Date.parse('2026-11-25T10:00:00Z') / 1000;
const issuer = 'https://uaa.example.com/oauth/token';

const createKey = (id: string) => ({ ...generateKeyPairSync('rsa', { modulusLength: 2048 }), id });
const [firstKey, secondKey] = [createKey('first'), createKey('second')];

/** A UAA with one key. */
function createUaa() {
  const state = { key: firstKey, isReachable: true, requests: 0 };
  const client = {
    baseUrl: 'https://uaa.example.com',
    send: async () => {
      state.requests += 1;
      if (!state.isReachable) throw new Error('unreachable');
      const jwk = { ...(await exportJWK(state.key.publicKey)), kid: state.key.id, alg: 'RS256' };
      return { status: 200, body: JSON.stringify({ keys: [jwk] }) };
    },
  } as Partial<HttpClient> as HttpClient;
  return { state, client };
}

let uaa: ReturnType<typeof createUaa>;
let authenticate: ReturnType<typeof createOidcAuthenticator>;
beforeEach(() => {
  uaa = createUaa();
  authenticate = createOidcAuthenticator(uaa.client, () => now * 1000);
});

const sign = (
  claims: Record<string, unknown> = {},
  { privateKey, id }: { privateKey: KeyObject; id: string } = uaa.state.key,
): Promise<string> =>
  new SignJWT({
    ...{ iss: issuer, aud: ['pks_cluster_client'], exp: now + 600, iat: now },
    ...{ user_name: 'naomi', jti: 'abc', ...claims },
  })
    .setProtectedHeader({ alg: 'RS256', kid: id })
    .sign(privateKey);

test('returns the user and the groups with a prefix', async () => {
  expect(await authenticate(await sign({ roles: ['dev', 'ops'] }))).toEqual({
    username: 'oidc:naomi',
    groups: ['oidc:dev', 'oidc:ops'],
    extra: { 'authentication.kubernetes.io/credential-id': ['JTI=abc'] },
  });
  expect(await authenticate(await sign({ roles: 'dev' }))).toMatchObject({ groups: ['oidc:dev'] });
  expect(await authenticate(await sign())).toMatchObject({ groups: [] });
});

describe('rejects tokens', () => {
  test.each([
    ['that have expired', { exp: now }],
    ['of another issuer', { iss: 'https://other.example.com/oauth/token' }],
    ['for another client', { aud: ['pks_cli'] }],
    ['without a user', { user_name: undefined }],
    ['with groups of a wrong type', { roles: [1] }],
  ])('%s', async (_description, claims) => {
    expect(await authenticate(await sign(claims))).toBeUndefined();
  });

  test('of another key', async () => {
    expect(await authenticate(await sign({}, { ...secondKey, id: 'first' }))).toBeUndefined();
  });
});

test('accepts a token until it expires by the clock of the sandbox', async () => {
  expect(await authenticate(await sign({ exp: now + 1 }))).toBeDefined();
});

test('fetches the keys once, and not for tokens of other issuers', async () => {
  await authenticate(await sign({ iss: 'https://other.example.com' }));
  await authenticate('nonsense');
  expect(uaa.state.requests).toBe(0);
  await authenticate(await sign());
  await authenticate(await sign({ exp: now }));
  expect(uaa.state.requests).toBe(1);
});

test('fetches the keys again if the UAA has a new key', async () => {
  await authenticate(await sign());
  uaa.state.key = secondKey;
  expect(await authenticate(await sign())).toBeDefined();
  expect(uaa.state.requests).toBe(2);
});

test('tries again after the UAA was unreachable', async () => {
  uaa.state.isReachable = false;
  expect(await authenticate(await sign())).toBeUndefined();
  uaa.state.isReachable = true;
  expect(await authenticate(await sign())).toBeDefined();
  uaa.state.key = secondKey;
  uaa.state.isReachable = false;
  expect(await authenticate(await sign())).toBeUndefined();
  uaa.state.isReachable = true;
  expect(await authenticate(await sign())).toBeDefined();
});

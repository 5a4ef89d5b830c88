import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/base/secret.js';
import { readClaims } from '../../src/domain/auth/claims.js';
import { servers, type ContractServer } from './servers.js';

const unknownRefreshToken = '0123456789abcdef0123456789abcdef-r';

/**
 * Recordings of a real UAA prove which tokens and claims the grants return (`recorded/token-*`). These
 * tests add what tpks reads from them, and the errors of tpks.
 */
describe.each(servers)('tokens on %s', (_name, start) => {
  let server: ContractServer;
  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(() => server.stop());

  const password = (username: string, word = `${username}-password`, scope?: string) =>
    server.grants('pks_cli', '').password({ username, password: new Secret(word), scope });
  const scopes = (text: string) => text.split(' ').sort();

  test('tpks gets all tokens of a user with the scopes that user and client share', async () => {
    const got = await password('ALANA', 'alana-password');
    expect(scopes(got.scope)).toEqual(['openid', 'pks.clusters.admin']);
    expect(got.lifetimeSeconds).toBeGreaterThan(1);
    expect(readClaims(got.idToken ?? '')).toMatchObject({ user_name: 'alana', aud: ['pks_cli'] });
    const renewed = await server
      .grants('pks_cli', '')
      .refresh(new Secret(got.refreshToken ?? 'no token'));
    expect(renewed.accessToken).not.toBe(got.accessToken);
    expect(renewed.refreshToken).toBe(got.refreshToken);
    expect(scopes(renewed.scope)).toEqual(scopes(got.scope));
  });

  test('tpks gets a token of a client with the requested scopes, and no refresh token', async () => {
    const admin = server.grants('admin', 'adminsecret');
    const got = await admin.clientCredentials({ scope: 'scim.read clients.read' });
    expect(scopes(got.scope)).toEqual(['clients.read', 'scim.read']);
    expect(got).toMatchObject({ refreshToken: undefined, idToken: undefined });
  });

  test.each<[string, () => Promise<unknown>, object]>([
    [
      'a scope that the user lacks',
      () => password('cody', undefined, 'pks.clusters.admin'),
      {
        ...{ kind: 'failed', status: 400, oauthError: 'invalid_scope' },
        message:
          '[pks.clusters.admin] is invalid. This user is not allowed any of the requested scopes',
      },
    ],
    [
      'a scope that the client lacks',
      () => password('alana', undefined, 'no.such.scope'),
      {
        ...{ kind: 'failed', status: 400, oauthError: 'invalid_scope' },
        message: 'no.such.scope is invalid. Please use a valid scope name in the request',
      },
    ],
    [
      'a wrong password',
      () => password('alana', 'wrong'),
      { kind: 'unauthenticated', status: 401, message: 'Bad credentials' },
    ],
    [
      'a wrong client secret',
      () => server.grants('admin', 'wrong').clientCredentials(),
      { kind: 'unauthenticated', status: 401, message: 'Bad credentials' },
    ],
    [
      'an unknown refresh token',
      () => server.grants('pks_cli', '').refresh(new Secret(unknownRefreshToken)),
      { kind: 'unauthenticated', oauthError: 'invalid_token' },
    ],
  ])('tpks reports %s', async (_what, request, error) => {
    await expect(request()).rejects.toMatchObject(error);
  });
});

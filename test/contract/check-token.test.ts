import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readClaims } from '../../src/auth/claims.js';
import { Secret } from '../../src/secret.js';
import { createGroups } from '../../src/uaa/groups.js';
import { createMembers } from '../../src/uaa/members.js';
import { createUsers, type User } from '../../src/uaa/users.js';
import { badCredentials, servers, unique, type ContractServer } from './servers.js';

describe.each(servers)('check_token on %s', (_name, start) => {
  let server: ContractServer;
  beforeAll(async () => {
    server = await start();
  }, 60_000);
  afterAll(() => server.stop());

  const check = (token: string, more: Record<string, string> = {}) =>
    server.raw('/check_token', {
      form: { token, ...more },
      basic: ['pks_client', server.pksClientSecret],
    });
  const introspect = (token: string) =>
    server.raw('/introspect', {
      form: { token },
      basic: ['pks_client', server.pksClientSecret],
    });
  const login = (username: string, password = `${username}-password`) =>
    server.grants('pks_cli', '').password({ username, password: new Secret(password) });
  const withUser = async (work: (user: User) => Promise<void>) => {
    const users = createUsers(server.signed(await server.adminToken()), server.uaa);
    const user = await users.add({
      userName: unique('checked'),
      password: new Secret('a-password'),
      emails: ['checked@example.com'],
      phoneNumbers: [],
    });
    try {
      await work(user);
    } finally {
      await users.remove({ id: user.id }).catch(() => undefined);
    }
  };

  test("returns the claims of a user's token", async () => {
    const { accessToken } = await login('alana');
    const { status, json } = await check(accessToken);
    expect(status).toBe(200);
    const { jti, sub, iat, exp, iss, aud, rev_sig: revSig } = readClaims(accessToken) ?? {};
    const body = json();
    expect(body).toMatchObject({ jti, sub, iat, exp, iss, rev_sig: revSig });
    expect(body).toMatchObject({
      user_id: sub,
      user_name: 'alana',
      email: 'alana@example.com',
      client_id: 'pks_cli',
      cid: 'pks_cli',
      azp: 'pks_cli',
      grant_type: 'password',
      origin: 'uaa',
      zid: 'uaa',
      revocable: false,
      auth_time: expect.any(Number),
    });
    expect([...(body['scope'] as string[])].sort()).toEqual(['openid', 'pks.clusters.admin']);
    expect([...(body['aud'] as string[])].sort()).toEqual([...(aud as string[])].sort());
  });

  test("returns the authorities of a client's token, and no user", async () => {
    const { json } = await check(await server.adminToken());
    const body = json();
    expect(body).toMatchObject({
      client_id: 'admin',
      sub: 'admin',
      grant_type: 'client_credentials',
      authorities: expect.arrayContaining(['uaa.admin']),
    });
    expect(body).not.toHaveProperty('user_name');
    expect(body).not.toHaveProperty('user_id');
  });

  test('returns the claims of an opaque token', async () => {
    const { json } = await server.raw('/oauth/token', {
      form: {
        grant_type: 'password',
        client_id: 'pks_cli',
        client_secret: '',
        username: 'alana',
        password: 'alana-password',
        token_format: 'opaque',
      },
    });
    const response = await check(String(json()['access_token']));
    expect(response.status).toBe(200);
    expect(response.json()).toMatchObject({ user_name: 'alana', revocable: true });
  });

  test('rejects a token that lacks a requested scope', async () => {
    const { accessToken } = await login('cody');
    expect((await check(accessToken, { scopes: 'openid,pks.clusters.manage' })).status).toBe(200);
    const { status, json } = await check(accessToken, { scopes: 'openid,pks.clusters.admin' });
    expect(status).toBe(400);
    expect(json()).toEqual({
      error: 'invalid_scope',
      error_description: 'Some requested scopes are missing: pks.clusters.admin',
    });
  });

  test.each([
    ['no-jwt', /^The token expired, was revoked, or the token ID is incorrect\.$/],
    ['a.b.c', /^Invalid token/],
  ])('rejects %j, which is not a token', async (token, description) => {
    const { status, json } = await check(token);
    expect(status).toBe(400);
    expect(json()).toEqual({
      error: 'invalid_token',
      error_description: expect.stringMatching(description),
    });
  });

  test('rejects a token with a changed signature', async () => {
    const { accessToken } = await login('alana');
    const [head, body, signature = ''] = accessToken.split('.');
    const forged = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    const { status, json } = await check([head, body, forged].join('.'));
    expect(status).toBe(400);
    expect(json()).toEqual({
      error: 'invalid_token',
      error_description: 'Could not verify token signature.',
    });
  });

  test('rejects a token with changed claims', async () => {
    const { accessToken } = await login('cody');
    const [head, , signature] = accessToken.split('.');
    const forged = { ...readClaims(accessToken), scope: ['pks.clusters.admin'] };
    const body = Buffer.from(JSON.stringify(forged)).toString('base64url');
    const { status, json } = await check([head, body, signature].join('.'));
    expect(status).toBe(400);
    expect(json()).toEqual({
      error: 'invalid_token',
      error_description: 'Could not verify token signature.',
    });
  });

  test('rejects a refresh token', async () => {
    const { refreshToken = '' } = await login('alana');
    const { status, json } = await check(refreshToken);
    expect(status).toBe(400);
    expect(json()).toEqual({
      error: 'invalid_token',
      error_description: expect.stringMatching(/^The token does not bear a .*scope.* claim\.$/),
    });
  });

  test('rejects a token after the user has lost one of its scopes', () =>
    withUser(async (user) => {
      const send = server.signed(await server.adminToken());
      const { id } = await createGroups(send, server.uaa).identify('pks.clusters.manage');
      const members = createMembers(send, server.uaa);
      await members.add(id, user);
      const { accessToken } = await login(user.userName, 'a-password');
      expect((await check(accessToken)).status).toBe(200);
      await members.remove(id, user.id);
      const { status, json } = await check(accessToken);
      expect(status).toBe(400);
      expect(json()).toEqual({
        error: 'invalid_token',
        error_description: expect.stringMatching(
          /^Some required .*scope.* are missing: \[pks\.clusters\.manage\]$/,
        ),
      });
    }));

  test('rejects the token of a deleted user', async () => {
    let token = '';
    let id = '';
    await withUser(async (user) => {
      id = user.id;
      token = (await login(user.userName, 'a-password')).accessToken;
    });
    const { status, json } = await check(token);
    expect(status).toBe(400);
    expect(json()).toEqual({
      error: 'invalid_token',
      error_description: `Token bears a non-existent user ID: ${id}`,
    });
  });

  test('rejects an expired access token and an expired refresh token with different errors', async () => {
    const short = await server.shortLived();
    try {
      const grants = short.grants(short.clientId, '');
      const { accessToken, refreshToken, lifetimeSeconds } = await grants.password({
        username: 'alana',
        password: new Secret('alana-password'),
      });
      expect(lifetimeSeconds).toBeLessThanOrEqual(short.tokenSeconds);
      await short.letTimePass(short.tokenSeconds + 1);
      const expired = await short.raw('/check_token', {
        form: { token: accessToken },
        basic: ['pks_client', short.pksClientSecret],
      });
      expect(expired.status).toBe(400);
      expect(expired.json()).toEqual({
        error: 'invalid_token',
        error_description: 'Token has expired',
      });
      const used = await short.raw('/userinfo', { bearer: accessToken });
      expect(used.status).toBe(401);
      expect(used.json()).toEqual({
        error: 'invalid_token',
        error_description: expect.stringMatching(/^Invalid access token: expired at /),
      });
      const refreshed = await grants.refresh(new Secret(refreshToken ?? ''));
      expect(refreshed.lifetimeSeconds).toBeGreaterThan(0);
      await short.letTimePass(short.updateSeconds - short.tokenSeconds);
      await expect(grants.refresh(new Secret(refreshToken ?? ''))).rejects.toMatchObject({
        kind: 'unauthenticated',
        oauthError: 'invalid_token',
        message:
          server.release === '77'
            ? 'The token expired, was revoked, or the token ID is incorrect.'
            : expect.stringMatching(/^Invalid refresh token expired at /),
      });
    } finally {
      await short.stop();
    }
  }, 60_000);

  test('requires valid client credentials', async () => {
    const token = await server.adminToken();
    const anonymous = await server.raw('/check_token', { form: { token } });
    expect(anonymous.status).toBe(401);
    expect(anonymous.json()).toEqual({
      error: 'unauthorized',
      error_description: 'An Authentication object was not found in the SecurityContext',
    });
    const wrong = await server.raw('/check_token', {
      form: { token },
      basic: ['pks_client', 'wrong'],
    });
    expect(wrong.status).toBe(401);
    expect(wrong.json()).toEqual(badCredentials(server));
  });

  test('requires the authority uaa.resource', async () => {
    const { status, json } = await server.raw('/check_token', {
      form: { token: await server.adminToken() },
      basic: ['pks_cli', ''],
    });
    expect(status).toBe(403);
    expect(json()).toEqual({ error: 'access_denied', error_description: 'Access is denied' });
  });

  test('introspection returns the claims of a valid token', async () => {
    const { accessToken } = await login('alana');
    const { status, json } = await introspect(accessToken);
    expect(status).toBe(200);
    expect(json()).toMatchObject({ active: true, user_name: 'alana', client_id: 'pks_cli' });
  });

  test('introspection reports any other token only as inactive', async () => {
    const { refreshToken = '' } = await login('alana');
    for (const token of ['nonsense', 'a.b.c', refreshToken]) {
      const { status, json } = await introspect(token);
      expect(status).toBe(200);
      expect(json()).toEqual({ active: false, revocable: false });
    }
  });

  test('userinfo returns the name and email address of the user', async () => {
    const { accessToken } = await login('alana');
    const { status, json } = await server.raw('/userinfo', { bearer: accessToken });
    expect(status).toBe(200);
    expect(json()).toMatchObject({
      user_id: readClaims(accessToken)?.['user_id'],
      user_name: 'alana',
      given_name: 'Alana',
      family_name: 'Example',
      name: 'Alana Example',
      email: 'alana@example.com',
      email_verified: true,
    });
  });

  test('userinfo rejects the token of a client', async () => {
    const { status, json } = await server.raw('/userinfo', { bearer: await server.adminToken() });
    expect(status).toBe(403);
    expect(json()).toEqual({
      error: 'access_denied',
      error_description: 'Invalid token does not contain resource id (openid)',
    });
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createGroups } from '../../src/api/uaa/groups.js';
import { createMembers } from '../../src/api/uaa/members.js';
import { createUsers, type User } from '../../src/api/uaa/users.js';
import { Secret } from '../../src/base/secret.js';
import { readClaims } from '../../src/domain/auth/claims.js';
import type { RawResponse } from '../support/servers/raw-request.js';
import { badCredentials, mainServers, unique, type ContractServer } from './servers.js';

// Recordings of a real UAA prove the responses to valid tokens (`recorded/check-tokens`).
describe.each(mainServers)('check_token on %s', (_name, start) => {
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

  const signed = (accessToken: string, change: (parts: string[]) => string[]) =>
    change(accessToken.split('.')).join('.');

  test.each<[string, () => Promise<RawResponse>, string, RegExp]>([
    [
      'a token that lacks a requested scope',
      async () => check((await login('cody')).accessToken, { scopes: 'openid,pks.clusters.admin' }),
      'invalid_scope',
      /^Some requested scopes are missing: pks\.clusters\.admin$/,
    ],
    [
      'a text',
      () => check('no-jwt'),
      'invalid_token',
      /^The token expired, was revoked, or the token ID is incorrect\.$/,
    ],
    ['a text with two periods', () => check('a.b.c'), 'invalid_token', /^Invalid token/],
    [
      'a token with a changed signature',
      async () =>
        check(
          signed((await login('alana')).accessToken, ([head = '', body = '', signature = '']) => [
            ...[head, body],
            `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
          ]),
        ),
      'invalid_token',
      /^Could not verify token signature\.$/,
    ],
    [
      'a token with changed claims',
      async () => {
        const { accessToken } = await login('cody');
        const forged = { ...readClaims(accessToken), scope: ['pks.clusters.admin'] };
        const body = Buffer.from(JSON.stringify(forged)).toString('base64url');
        return check(
          signed(accessToken, ([head = '', , signature = '']) => [head, body, signature]),
        );
      },
      'invalid_token',
      /^Could not verify token signature\.$/,
    ],
    [
      'a refresh token',
      async () => check((await login('alana')).refreshToken ?? ''),
      'invalid_token',
      /^The token does not bear a .*scope.* claim\.$/,
    ],
  ])('rejects %s', async (_what, send, error, description) => {
    const { status, json } = await send();
    expect([status, json()]).toEqual([
      400,
      { error, error_description: expect.stringMatching(description) },
    ]);
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
      await short.letTimePass(short.refreshSeconds - short.tokenSeconds);
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

  test('userinfo rejects the token of a client', async () => {
    const { status, json } = await server.raw('/userinfo', { bearer: await server.adminToken() });
    expect(status).toBe(403);
    expect(json()).toEqual({
      error: 'access_denied',
      error_description: 'Invalid token does not contain resource id (openid)',
    });
  });
});

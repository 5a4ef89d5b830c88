import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createUsers, type User, type Users } from '../../src/api/uaa/users.js';
import { Secret } from '../../src/base/secret.js';
import { readClaims } from '../../src/domain/auth/claims.js';
import { servers, unique, type ContractServer } from './servers.js';

// Recordings of a real UAA prove who may revoke which tokens (`recorded/check-revocation`).
describe.each(servers)('revocation on %s', (_name, start) => {
  let server: ContractServer;
  let admin: string;
  let users: Users;
  let erin: User;

  beforeAll(async () => {
    server = await start();
    admin = await server.adminToken();
    users = createUsers(server.signed(admin), server.uaa);
    erin = await users.add({
      userName: unique('revoked'),
      password: new Secret('a-password'),
      emails: ['revoked@example.com'],
      phoneNumbers: [],
    });
  }, 60_000);
  afterEach(async () => {
    await server.raw(`/oauth/token/revoke/user/${erin.id}/client/pks_cli`, { bearer: admin });
  });
  afterAll(async () => {
    await users.remove({ id: erin.id });
    await server.stop();
  });

  const login = () =>
    server
      .grants('pks_cli', '')
      .password({ username: erin.userName, password: new Secret('a-password') });
  const opaqueLogin = async () => {
    const { json } = await server.raw('/oauth/token', {
      form: {
        grant_type: 'password',
        client_id: 'pks_cli',
        client_secret: '',
        username: erin.userName,
        password: 'a-password',
        token_format: 'opaque',
      },
    });
    const { access_token: access, refresh_token: refresh } = json();
    return { access: String(access), refresh: String(refresh) };
  };
  const revoke = (tokenId: string, bearer: string) =>
    server.raw(`/oauth/token/revoke/${tokenId}`, { method: 'DELETE', bearer });
  const statusOf = async (token: string) =>
    (await server.raw('/userinfo', { bearer: token })).status;
  const revokedError = {
    error: 'invalid_token',
    error_description: 'The token expired, was revoked, or the token ID is incorrect.',
  };

  test('a user can revoke their own opaque access token', async () => {
    const { access } = await opaqueLogin();
    const { status, text } = await revoke(access, access);
    expect([status, text]).toEqual([200, '']);
    const after = await server.raw('/userinfo', { bearer: access });
    expect(after.status).toBe(401);
    expect(after.json()).toEqual(revokedError);
  });

  test('a user can revoke their own opaque refresh token', async () => {
    const { access, refresh } = await opaqueLogin();
    expect((await revoke(refresh, access)).status).toBe(200);
    await expect(server.grants('pks_cli', '').refresh(new Secret(refresh))).rejects.toMatchObject({
      kind: 'unauthenticated',
      oauthError: 'invalid_token',
      message: revokedError.error_description,
    });
    expect(await statusOf(access)).toBe(200);
  });

  test('a user of another client cannot revoke the token', async () => {
    const { access } = await opaqueLogin();
    const { accessToken } = await server
      .grants('pks_cluster_client', '')
      .password({ username: 'cody', password: new Secret('cody-password') });
    expect((await revoke(access, accessToken)).status).toBe(403);
    expect(await statusOf(access)).toBe(200);
  });

  test('an administrator gets 404 for an unknown token id', async () => {
    const { status, json } = await revoke('0123456789abcdef0123456789abcdef', admin);
    expect(status).toBe(404);
    expect(json()).toEqual({ error: 'invalid_token', error_description: 'Resource not found' });
  });

  test('a JWT cannot be revoked by its id', async () => {
    const { accessToken } = await login();
    expect((await revoke(String(readClaims(accessToken)?.['jti']), admin)).status).toBe(404);
    expect(await statusOf(accessToken)).toBe(200);
  });

  test('an administrator can revoke all tokens of a user, including JWTs', async () => {
    const { accessToken, refreshToken = '' } = await login();
    const { access } = await opaqueLogin();
    const { status } = await server.raw(`/oauth/token/revoke/user/${erin.id}`, { bearer: admin });
    expect(status).toBe(200);
    const after = await server.raw('/userinfo', { bearer: accessToken });
    expect(after.status).toBe(401);
    expect(after.json()).toEqual({
      error: 'invalid_token',
      error_description: 'revocable signature mismatch',
    });
    expect(await statusOf(access)).toBe(401);
    await expect(
      server.grants('pks_cli', '').refresh(new Secret(refreshToken)),
    ).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: 'revocable signature mismatch',
    });
    expect(await statusOf((await login()).accessToken)).toBe(200);
  });
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  asPksCli,
  basic,
  claimsOf,
  createHarness,
  type HarnessResponse,
  type Harness,
} from '../harness.js';

let uaa: Harness;
let admin: string;
beforeEach(async () => {
  uaa = await createHarness();
  admin = await uaa.clientToken();
});

const check = async (token: unknown): Promise<unknown> => {
  const authorization = basic('pks_client', uaa.uaa.pksClientSecret);
  const response = await uaa.form('/check_token', { token: String(token) }, { authorization });
  return response.status === 200 ? 'good' : response.json['error_description'];
};

const opaque = (name: string, more = {}) => uaa.login(name, { token_format: 'opaque', ...more });
const userIdOf = ({ json }: HarnessResponse) => String(claimsOf(json['id_token'])['sub']);
const unknownTokenMessage = 'The token expired, was revoked, or the token ID is incorrect.';

describe('revoking a user', () => {
  test('revokes all existing tokens, including JWTs and refresh tokens, but not later ones', async () => {
    const jwt = await uaa.login('cody');
    const stored = await opaque('cody');
    const path = `/oauth/token/revoke/user/${userIdOf(jwt)}`;
    expect(await uaa.call('GET', path, { token: admin })).toMatchObject({ status: 200, body: '' });
    expect(await check(jwt.json['access_token'])).toBe('revocable signature mismatch');
    expect(await check(stored.json['access_token'])).toBe('revocable signature mismatch');
    const refresh_token = String(jwt.json['refresh_token']);
    const fields = { ...asPksCli, grant_type: 'refresh_token', refresh_token };
    expect((await uaa.form('/oauth/token', fields)).json).toEqual({
      error: 'invalid_token',
      error_description: 'revocable signature mismatch',
    });
    expect(await check((await uaa.login('cody')).json['access_token'])).toBe('good');
  });

  test('requires uaa.admin, even for the own tokens', async () => {
    const { json } = await uaa.login('dana');
    const token = String(json['access_token']);
    const path = `/oauth/token/revoke/user/${String(claimsOf(token)['sub'])}`;
    expect((await uaa.call('GET', path, { token })).json).toMatchObject({
      error: 'insufficient_scope',
      scope: 'uaa.admin tokens.revoke',
    });
    const revoker = await uaa.clientToken('admin', 'adminsecret', 'tokens.revoke');
    expect((await uaa.call('GET', path, { token: revoker })).json).toMatchObject({
      error: 'insufficient_scope',
      scope: 'uaa.admin',
    });
  });

  test('returns 404 for an unknown user', async () => {
    const response = await uaa.call('GET', '/oauth/token/revoke/user/unknown-user', {
      token: admin,
    });
    expect(response).toMatchObject({
      status: 404,
      json: { error: 'invalid_token', error_description: 'Resource not found' },
    });
  });
});

test('revoking a client revokes its tokens and no others', async () => {
  const mine = await uaa.login('cody');
  const stored = await opaque('cody');
  const other = await uaa.login('cody', { client_id: 'pks_cluster_client' });
  const path = '/oauth/token/revoke/client/pks_cli';
  expect((await uaa.call('GET', path, { token: admin })).status).toBe(200);
  expect(await check(mine.json['access_token'])).toBe('revocable signature mismatch');
  expect(await check(stored.json['access_token'])).toBe(unknownTokenMessage);
  expect(await check(other.json['access_token'])).toBe('good');
  expect((await uaa.call('GET', '/oauth/token/revoke/client/no', { token: admin })).status).toBe(
    404,
  );
});

test('revoking the tokens of a user for a client revokes only the stored ones', async () => {
  const stored = await opaque('cody');
  const other = await opaque('cody', { client_id: 'pks_cluster_client' });
  const jwt = await uaa.login('cody');
  const token = String(jwt.json['access_token']);
  const path = `/oauth/token/revoke/user/${userIdOf(jwt)}/client`;
  expect((await uaa.call('GET', `${path}/pks_cluster_client`, { token })).status).toBe(403);
  expect((await uaa.call('GET', `${path}/pks_cli`, { token })).status).toBe(200);
  expect(await check(stored.json['access_token'])).toBe(unknownTokenMessage);
  expect(await check(other.json['access_token'])).toBe('good');
  expect(await check(token)).toBe('good');
});

describe('revoking by id', () => {
  const revoke = (id: unknown, token: unknown) =>
    uaa.call('DELETE', `/oauth/token/revoke/${String(id)}`, { token: String(token) });

  test('revokes an opaque token and its refresh token, each by its own id', async () => {
    const { json } = await opaque('cody');
    const own = (await uaa.login('cody')).json['access_token'];
    expect(await revoke(json['access_token'], own)).toMatchObject({ status: 200, body: '' });
    expect(await check(json['access_token'])).toBe(unknownTokenMessage);
    expect((await revoke(json['refresh_token'], own)).status).toBe(200);
    const refresh_token = String(json['refresh_token']);
    const fields = { ...asPksCli, grant_type: 'refresh_token', refresh_token };
    expect((await uaa.form('/oauth/token', fields)).json['error_description']).toBe(
      unknownTokenMessage,
    );
  });

  test('does not find JWTs, and returns 404 only to administrators', async () => {
    const { json } = await uaa.login('cody');
    expect((await revoke(json['jti'], admin)).status).toBe(404);
    expect(await revoke(json['jti'], json['access_token'])).toMatchObject({
      status: 403,
      json: { scope: 'uaa.admin tokens.revoke' },
    });
  });

  test('is rejected for another user of another client', async () => {
    const { json } = await opaque('cody');
    const other = await uaa.login('dana', { client_id: 'pks_cluster_client' });
    expect((await revoke(json['jti'], other.json['access_token'])).status).toBe(403);
    expect(await check(json['access_token'])).toBe('good');
  });

  test('revokes a rotated refresh token', async () => {
    uaa = await createHarness({ rotateRefresh: true });
    const { json } = await uaa.login('cody');
    const id = claimsOf(json['refresh_token'])['jti'];
    expect((await revoke(id, json['access_token'])).status).toBe(200);
    const refresh_token = String(json['refresh_token']);
    const fields = { ...asPksCli, grant_type: 'refresh_token', refresh_token };
    expect((await uaa.form('/oauth/token', fields)).json['error_description']).toBe(
      `The token has been revoked: ${String(id)}`,
    );
  });
});

test('stored tokens are listed by user and by client until they expire', async () => {
  const login = await opaque('cody');
  const { json } = login;
  const list = async (path: string) =>
    (await uaa.call('GET', `/oauth/token/list/${path}`, { token: admin })).parsed;
  const access = {
    tokenId: json['jti'],
    clientId: 'pks_cli',
    userId: userIdOf(login),
    format: 'opaque',
    responseType: 'ACCESS_TOKEN',
    value: null,
    zoneId: 'uaa',
  };
  const refresh = { tokenId: json['refresh_token'], responseType: 'REFRESH_TOKEN' };
  expect(await list(`user/${userIdOf(login)}`)).toMatchObject([refresh, access]);
  expect(await list('client/pks_cli')).toHaveLength(2);
  expect(await list('client/admin')).toEqual([]);
  uaa.passSeconds(601);
  expect(await list(`user/${userIdOf(login)}`)).toMatchObject([refresh]);
});

test('other paths for listing or revoking tokens are denied', async () => {
  for (const path of ['/oauth/token/list', '/oauth/token/revoke', '/oauth/token/revoke/a/b']) {
    expect(await uaa.call('GET', path, { token: admin })).toMatchObject({
      status: 403,
      json: { error: 'access_denied', error_description: 'Access is denied' },
    });
  }
});

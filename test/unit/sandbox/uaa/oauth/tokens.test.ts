import { beforeEach, describe, expect, test } from '@jest/globals';
import { compactVerify, importJWK, importSPKI } from 'jose';
import type { UaaRelease } from '../../../../../src/sandbox/uaa/behaviour.js';
import { asPksCli, claimsOf, createHarness, start, type Harness } from '../harness.js';

let uaa: Harness;
beforeEach(async () => {
  uaa = await createHarness();
});

const refresh = (token: unknown, fields: Record<string, string> = {}) =>
  uaa.form('/oauth/token', {
    ...asPksCli,
    grant_type: 'refresh_token',
    refresh_token: String(token),
    ...fields,
  });

test('the returned accounts contain valid credentials', async () => {
  const { users, clients } = uaa.uaa.accounts;
  for (const { name, password, scopes } of users) {
    const { json } = await uaa.login(name, { password });
    expect(String(json['scope']).split(' ').sort()).toEqual(['openid', ...scopes].sort());
  }
  expect(clients).toEqual([
    { id: 'admin', secret: 'adminsecret' },
    { id: 'pks_cli', secret: '' },
    { id: 'pks_cluster_client', secret: '' },
    { id: 'cf', secret: '' },
  ]);
});

test("the requested token lifetimes override the clients' own lifetimes", async () => {
  uaa = await createHarness({ tokenSeconds: 2, updateSeconds: 4, behaviour: '4.30' });
  const { json } = await uaa.login('cody');
  expect(json['expires_in']).toBe(1);
  expect(claimsOf(json['refresh_token'])['exp']).toBe(start / 1000 + 4);
  expect(claimsOf(await uaa.clientToken())['exp']).toBe(start / 1000 + 2);
});

test.each<[UaaRelease, number]>([
  ['4.30', 257],
  ['77', 256],
])('as UAA %s, the public key verifies tokens and has %i bytes', async (behaviour, length) => {
  uaa = await createHarness({ behaviour });
  const { json } = await uaa.call('GET', '/token_key');
  const token = String((await uaa.login('cody')).json['access_token']);
  const bytes = Buffer.from(String(json['n']), 'base64url');
  expect(bytes).toHaveLength(length);
  // UAA before 75.5 adds a zero byte before the modulus.
  const n = bytes.subarray(-256).toString('base64url');
  await compactVerify(token, await importJWK({ kty: 'RSA', e: String(json['e']), n }, 'RS256'));
  await compactVerify(token, await importSPKI(String(json['value']), 'RS256'));
});

describe.each<[UaaRelease, Record<string, string>, RegExp]>([
  ['4.30', {}, /^eyJ/],
  ['4.30', { token_format: 'opaque' }, /-r$/],
  ['77', {}, /-r$/],
])('rotation of refresh tokens as UAA %s with %j', (behaviour, fields, format) => {
  beforeEach(async () => {
    uaa = await createHarness({ rotateRefresh: true, behaviour });
  });

  test('each refresh returns a new refresh token and revokes the old one', async () => {
    const first = (await uaa.login('cody', fields)).json['refresh_token'];
    const second = (await refresh(first, fields)).json['refresh_token'];
    expect(second).not.toBe(first);
    expect(second).toMatch(format);
    const repeated = await refresh(first, fields);
    expect([repeated.status, repeated.json['error']]).toEqual([401, 'invalid_token']);
    expect((await refresh(second, fields)).status).toBe(200);
  });

  test('only one of several concurrent requests is accepted', async () => {
    const { json } = await uaa.login('cody', fields);
    const responses = await Promise.all(
      Array.from({ length: 10 }, () => refresh(json['refresh_token'], fields)),
    );
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

test('stored tokens are listed by user and by client until they expire', async () => {
  const token = await uaa.clientToken();
  const { json } = await uaa.login('cody', { token_format: 'opaque' });
  const userId = String(claimsOf(json['id_token'])['sub']);
  const list = async (path: string) => {
    const { parsed } = await uaa.call('GET', `/oauth/token/list/${path}`, { token });
    return (parsed as { tokenId: string }[]).map(({ tokenId }) => tokenId);
  };
  expect(await list(`user/${userId}`)).toEqual([json['refresh_token'], json['jti']]);
  expect(await list('client/pks_cli')).toHaveLength(2);
  expect(await list('client/admin')).toEqual([]);
  uaa.passSeconds(601);
  expect(await list(`user/${userId}`)).toEqual([json['refresh_token']]);
});

describe('external groups', () => {
  const kubectl = { client_id: 'pks_cluster_client' };
  const groups = ['auditors', 'platform-team'];

  test('are the roles in the ID token of naomi, also after a refresh', async () => {
    const { json } = await uaa.login('naomi', kubectl);
    expect(claimsOf(json['id_token'])['roles']).toEqual(groups);
    const refreshed = await refresh(json['refresh_token'], kubectl);
    expect(claimsOf(refreshed.json['id_token'])['roles']).toEqual(groups);
  });

  test('are only in ID tokens and user information with the scope roles', async () => {
    const readRoles = async (scope: string) => {
      const { json } = await uaa.login('naomi', { ...kubectl, scope });
      const userinfo = await uaa.call('GET', '/userinfo', { token: String(json['access_token']) });
      return [claimsOf(json['id_token'])['roles'], userinfo.json['roles']];
    };
    expect(await readRoles('openid roles')).toEqual([groups, groups]);
    expect(await readRoles('openid')).toEqual([undefined, undefined]);
  });

  test('a change to the user keeps them', async () => {
    const token = await uaa.clientToken();
    const filter = encodeURIComponent('userName eq "naomi"');
    const { json: list } = await uaa.call('GET', `/Users?filter=${filter}`, { token });
    const [user] = list['resources'] as { id: string }[];
    expect(user).not.toHaveProperty('externalGroups');
    const headers = { 'if-match': '*' };
    await uaa.call('PUT', `/Users/${String(user?.id)}`, { token, json: user, headers });
    const { json } = await uaa.login('naomi', kubectl);
    expect(claimsOf(json['id_token'])['roles']).toEqual(groups);
  });
});

describe('the lockout after five wrong passwords', () => {
  const locked = 'Your account has been locked because of too many failed attempts to login.';

  test('rejects the right password for 300 seconds', async () => {
    for (let i = 0; i < 5; i += 1) await uaa.login('cody', { password: 'no' });
    expect((await uaa.login('cody')).json['error_description']).toBe(locked);
    uaa.passSeconds(299);
    expect((await uaa.login('cody')).json['error_description']).toBe(locked);
    uaa.passSeconds(1);
    expect((await uaa.login('cody')).status).toBe(200);
  });

  test('ignores failures before a successful login, and old failures', async () => {
    for (let i = 0; i < 4; i += 1) await uaa.login('cody', { password: 'no' });
    await uaa.login('cody');
    for (let i = 0; i < 4; i += 1) await uaa.login('cody', { password: 'no' });
    uaa.passSeconds(1201);
    await uaa.login('cody', { password: 'no' });
    expect((await uaa.login('cody')).status).toBe(200);
  });
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import type { UaaRelease } from '../../../src/sandbox/uaa/uaa-releases.js';
import { asPksCli, claimsOf, createHarness, type Harness } from './uaa-harness.js';

// Contract tests and recordings cover what a real UAA shows. These tests cover the rest: the clock,
// settings and accounts of the sandbox, its second zone, and routes without a recording.
let uaa: Harness;
let token: string;
beforeEach(async () => {
  uaa = await createHarness();
  token = await uaa.clientToken();
});

const get = async (path: string, headers = {}) =>
  (await uaa.call('GET', path, { token, headers })).parsed;
const create = (path: string, json: unknown, headers = {}) =>
  uaa.call('POST', path, { token, json, headers });
const refresh = (refreshToken: unknown, fields: Record<string, string> = {}) =>
  uaa.form('/oauth/token', {
    ...asPksCli,
    grant_type: 'refresh_token',
    refresh_token: String(refreshToken),
    ...fields,
  });

test.each<[UaaRelease, number]>([
  ['4.30', 257],
  ['77', 256],
])('as UAA %s, the modulus of the public key has %i bytes', async (behaviour, length) => {
  uaa = await createHarness({ behaviour });
  const { json } = await uaa.call('GET', '/token_key');
  expect(Buffer.from(String(json['n']), 'base64url')).toHaveLength(length);
});

test.each<[UaaRelease, Record<string, string>, RegExp]>([
  ['4.30', {}, /^eyJ/],
  ['4.30', { token_format: 'opaque' }, /-r$/],
  ['77', {}, /-r$/],
])(
  'as UAA %s with %j and rotation, a refresh token can be used once',
  async (behaviour, fields, format) => {
    uaa = await createHarness({ rotateRefresh: true, behaviour });
    const first = (await uaa.login('cody', fields)).json['refresh_token'];
    const second = (await refresh(first, fields)).json['refresh_token'];
    expect(second).not.toBe(first);
    expect(second).toMatch(format);
    const repeated = await refresh(first, fields);
    expect([repeated.status, repeated.json['error']]).toEqual([401, 'invalid_token']);
    const concurrent = await Promise.all([1, 2, 3].map(() => refresh(second, fields)));
    expect(concurrent.filter(({ status }) => status === 200)).toHaveLength(1);
  },
);

test('the external groups of naomi are the roles in ID tokens and user information with that scope', async () => {
  const groups = ['auditors', 'platform-team'];
  const kubectl = { client_id: 'pks_cluster_client' };
  const readRoles = async (fields = {}) => {
    const { json } = await uaa.login('naomi', { ...kubectl, ...fields });
    const headers = { authorization: `Bearer ${String(json['access_token'])}` };
    const userinfo = (await get('/userinfo', headers)) as { roles?: unknown };
    const refreshed = await refresh(json['refresh_token'], kubectl);
    const idTokens = [json['id_token'], refreshed.json['id_token']];
    return [...idTokens.map((idToken) => claimsOf(idToken)['roles']), userinfo.roles];
  };
  expect(await readRoles()).toEqual([groups, groups, groups]);
  expect(await readRoles({ scope: 'openid' })).toEqual([undefined, undefined, undefined]);

  // A change to the user keeps them.
  const list = (await get('/Users?filter=userName+eq+"naomi"')) as { resources: { id: string }[] };
  const [json] = list.resources;
  expect(json).not.toHaveProperty('externalGroups');
  const headers = { 'if-match': '*' };
  await uaa.call('PUT', `/Users/${String(json?.id)}`, { token, json, headers });
  expect(await readRoles()).toEqual([groups, groups, groups]);
});

test('the lockout after five wrong passwords lasts 300 seconds, and failures count for 1200 seconds', async () => {
  const fail = async (times: number) => {
    for (let i = 0; i < times; i += 1) await uaa.login('cody', { password: 'no' });
  };
  await fail(5);
  uaa.passSeconds(299);
  expect((await uaa.login('cody')).json['error_description']).toBe(
    'Your account has been locked because of too many failed attempts to login.',
  );
  uaa.passSeconds(1);
  expect((await uaa.login('cody')).status).toBe(200);
  await fail(4);
  uaa.passSeconds(1201);
  await fail(1);
  expect((await uaa.login('cody')).status).toBe(200);
});

test('a token cannot inject headers through its key id', async () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forged = `${part({ alg: 'RS256', kid: 'a\r\nX: y\u65e5' })}.${part({})}.x`;
  const { status, headers } = await uaa.call('GET', '/Users', { token: forged });
  expect(status).toBe(401);
  expect(headers['www-authenticate']).toMatch(/^[ -~]+$/);
});

describe('identity providers', () => {
  const path = '/identity-providers?rawConfig=true';
  const url = 'https://idp.example.com';
  const provider = (originKey: string) => ({
    type: 'oidc1.0',
    originKey,
    name: originKey,
    config: {
      authUrl: url,
      tokenUrl: url,
      tokenKeyUrl: url,
      issuer: url,
      showLinkText: false,
      relyingPartyId: 'uaa',
      relyingPartySecret: 'secret',
    },
  });

  test('are four on a new server, and LDAP is inactive', async () => {
    expect(await get(path)).toMatchObject([
      { originKey: 'keystone', config: null },
      { originKey: 'ldap', active: false, config: { autoAddGroups: true } },
      { originKey: 'login-server', config: null },
      { originKey: 'uaa', config: { lockoutPolicy: { lockoutAfterFailures: 5 } } },
    ]);
  });

  test('of another type are stored as sent', async () => {
    const saml = { type: 'saml', originKey: 's', name: 'S', config: { metaDataLocation: 'x' } };
    expect(await create(path, saml)).toMatchObject({
      status: 201,
      json: { type: 'saml', config: saml.config },
    });
  });

  test.each<[UaaRelease, number]>([
    ['4.30', 201],
    ['77', 409],
  ])(
    'with the issuer of another provider cause the response of UAA %s: %i',
    async (behaviour, status) => {
      uaa = await createHarness({ behaviour });
      token = await uaa.clientToken();
      expect((await create(path, provider('one'))).status).toBe(201);
      expect((await create(path, provider('two'))).status).toBe(status);
    },
  );

  test('are deleted with their users, except for the provider uaa', async () => {
    const github = await create(path, provider('github'));
    const emails = [{ value: 'octo@example.com' }];
    const user = await create('/Users', { userName: 'octo', origin: 'github', emails });
    const remove = async (id: unknown) =>
      (await uaa.call('DELETE', `/identity-providers/${String(id)}`, { token })).status;
    expect(await remove(github.json['id'])).toBe(200);
    expect((await uaa.call('GET', `/Users/${String(user.json['id'])}`, { token })).status).toBe(
      404,
    );
    const all = (await get(path)) as { id: string; originKey: string }[];
    expect(all).toHaveLength(4);
    expect(await remove(all.find(({ originKey }) => originKey === 'uaa')?.id)).toBe(200);
    expect(await get(path)).toHaveLength(4);
  });
});

describe('the second zone', () => {
  const inDevZone = { 'x-identity-zone-id': 'dev-zone' };
  const client = (id: string, authorities: readonly string[] = []) => ({
    client_id: id,
    client_secret: 'secret',
    authorities,
    authorized_grant_types: ['client_credentials'],
  });

  test('has its own users, groups, clients and providers', async () => {
    const emails = [{ value: 'zoe@example.com' }];
    await create('/Users', { userName: 'zoe', emails, password: 'zoe-password' }, inDevZone);
    await create('/oauth/clients', client('app'), inDevZone);
    const users = '/Users?attributes=userName&filter=userName+eq+%22zoe%22';
    expect(await get(users)).toMatchObject({ totalResults: 0 });
    expect(await get(users, inDevZone)).toMatchObject({ totalResults: 1 });
    expect(await get('/oauth/clients', inDevZone)).toMatchObject({ totalResults: 1 });
    const group = '/Groups?filter=displayName+eq+%22pks.clusters.admin%22';
    expect(await get(group, inDevZone)).toMatchObject({ totalResults: 0 });
    expect(await get('/identity-providers', inDevZone)).toMatchObject([
      { originKey: 'uaa', identityZoneId: 'dev-zone' },
    ]);
  });

  test('is listed by the default zone, and selected by a header with its id or else its subdomain', async () => {
    const devZone = { id: 'dev-zone', subdomain: 'dev' };
    const path = '/identity-zones';
    expect(await get(path)).toMatchObject([{ id: 'uaa', subdomain: '' }, devZone]);
    expect(await get(path, { 'x-identity-zone-subdomain': '' })).toHaveLength(2);
    expect(await get(path, inDevZone)).toMatchObject([devZone]);
    expect(await get(path, { 'x-identity-zone-subdomain': 'DEV' })).toMatchObject([devZone]);
    const both = { ...inDevZone, 'x-identity-zone-subdomain': 'nope' };
    expect(await get(path, both)).toMatchObject([devZone]);
    const config = { userConfig: { defaultGroups: expect.any(Array) } };
    expect(await get(`${path}/uaa`)).toMatchObject({ config });
  });

  test('requires a scope for the zone, even for public routes', async () => {
    await create('/oauth/clients', client('reader', ['zones.dev-zone.scim.read']));
    await create('/oauth/clients', client('other', ['scim.read']));
    const send = async (id: string, path: string) => {
      const token = await uaa.clientToken(id, 'secret');
      return (await uaa.call('GET', path, { token, headers: inDevZone })).status;
    };
    expect(await send('reader', '/Users')).toBe(200);
    expect(await send('reader', '/oauth/clients')).toBe(403);
    expect(await send('other', '/Users')).toBe(403);
    expect((await uaa.call('GET', '/info', { headers: inDevZone })).status).toBe(403);
  });
});

import { beforeAll, describe, expect, test } from '@jest/globals';
import { createHarness, type Harness } from '../harness.js';

let uaa: Harness;
let token: string;
let scimReadToken: string;
beforeAll(async () => {
  uaa = await createHarness();
  token = await uaa.clientToken();
  scimReadToken = await uaa.clientToken('admin', 'adminsecret', 'scim.read');
});

type Provider = Readonly<Record<string, unknown>>;
const providers = async (query = ''): Promise<readonly Provider[]> =>
  (await uaa.call('GET', `/identity-providers${query}`, { token })).parsed as Provider[];
const origins = (all: readonly Provider[]): unknown => all.map(({ originKey }) => originKey);

describe('identity providers', () => {
  test('are the default ones of a UAA', async () => {
    const all = await providers();
    expect(origins(all)).toEqual(['keystone', 'ldap', 'login-server', 'uaa']);
    expect(origins(await providers('?active_only=true'))).toEqual([
      'keystone',
      'login-server',
      'uaa',
    ]);
  });

  test('return their config as a string, or as an object with rawConfig', async () => {
    const [, asText] = await providers();
    const [, raw] = await providers('?rawConfig=true');
    expect(JSON.parse(String(asText?.['config']))).toEqual(raw?.['config']);
    expect(raw).toMatchObject({ type: 'ldap', active: false, config: { autoAddGroups: true } });
    expect((await providers())[0]?.['config']).toBe('null');
  });

  test('can be requested by id', async () => {
    const [first] = await providers();
    const path = `/identity-providers/${String(first?.['id'])}`;
    expect((await uaa.call('GET', path, { token })).json).toEqual(first);
    expect(await uaa.call('GET', '/identity-providers/nope', { token })).toMatchObject({
      status: 404,
      body: 'Provider not found.',
    });
  });

  test('are rejected without an error message', async () => {
    for (const path of ['/identity-providers', '/identity-providers/nope']) {
      expect(await uaa.call('GET', path, { token: scimReadToken })).toMatchObject({
        status: 403,
        parsed: {},
      });
      expect((await uaa.call('GET', path)).status).toBe(401);
    }
  });
});

describe('identity zones', () => {
  test('contain only the default zone', async () => {
    const { parsed } = await uaa.call('GET', '/identity-zones', { token });
    expect(parsed).toMatchObject([{ id: 'uaa', subdomain: '', name: 'uaa', active: true }]);
    const one = await uaa.call('GET', '/identity-zones/uaa', { token });
    expect([one.parsed]).toEqual(parsed);
    expect(one.json).toMatchObject({
      config: { userConfig: { defaultGroups: expect.arrayContaining(['openid', 'uaa.user']) } },
    });
  });

  test('return 404 for an unknown zone', async () => {
    expect(await uaa.call('GET', '/identity-zones/nope', { token })).toMatchObject({
      status: 404,
      body: '',
    });
  });

  test.each([
    ['/identity-zones', 'uaa.admin zones.read zones.uaa.admin zones.write'],
    ['/identity-zones/uaa', 'uaa.admin zones.read zones.uaa.admin zones.uaa.read zones.write'],
  ])('%s requires a zone scope', async (path, scope) => {
    expect(await uaa.call('GET', path, { token: scimReadToken })).toMatchObject({
      status: 403,
      json: { error: 'insufficient_scope', scope },
    });
  });
});

describe('the password score', () => {
  test('is 0 and requires no token', async () => {
    expect(await uaa.form('/password/score', { password: 'x' })).toMatchObject({
      status: 200,
      json: { score: 0, requiredScore: 0 },
      headers: { 'x-cf-warnings': 'Endpoint+deprecated' },
    });
  });

  test('is rejected without a password or with another method', async () => {
    expect((await uaa.form('/password/score', {})).status).toBe(400);
    expect((await uaa.call('GET', '/password/score')).status).toBe(405);
  });
});

import { expect, test } from '@jest/globals';
import { openState } from '../../../../src/sandbox/storage/storage.js';
import { temporaryFolder } from '../running-sandbox.js';
import { createHarness } from './harness.js';

const inDevZone = { headers: { 'x-identity-zone-id': 'dev-zone' } };
const client = (id: string, authorities: readonly string[] = []) => ({
  client_id: id,
  client_secret: 'secret',
  authorized_grant_types: ['client_credentials'],
  authorities,
});
const user = {
  userName: 'zoe',
  emails: [{ value: 'zoe@example.com' }],
  password: 'zoe-password',
};

test('the second zone has its own users, groups, clients and providers, even after a restart', async () => {
  const folder = temporaryFolder();
  const state = openState(folder);
  const { call, clientToken } = await createHarness({ storage: state.storageFor('uaa') });
  const token = await clientToken();
  const created = await call('POST', '/Users', { token, json: user, ...inDevZone });
  expect(created.status).toBe(201);
  await call('POST', '/oauth/clients', { token, json: client('app'), ...inDevZone });

  state.close();
  const restarted = await createHarness({ storage: openState(folder).storageFor('uaa') });
  const list = async (path: string, options = {}) =>
    (await restarted.call('GET', path, { token, ...options })).parsed;
  const users = '/Users?attributes=userName&filter=userName+eq+%22zoe%22';
  expect(await list(users)).toMatchObject({ totalResults: 0 });
  expect(await list(users, inDevZone)).toMatchObject({ totalResults: 1 });
  expect(await list('/oauth/clients', inDevZone)).toMatchObject({ totalResults: 1 });
  const group = '/Groups?filter=displayName+eq+%22pks.clusters.admin%22';
  expect(await list(group, inDevZone)).toMatchObject({ totalResults: 0 });
  expect(await list('/identity-providers', inDevZone)).toMatchObject([
    { originKey: 'uaa', identityZoneId: 'dev-zone' },
  ]);
});

test('the default zone lists both zones, and the second zone lists itself', async () => {
  const { call, clientToken } = await createHarness();
  const token = await clientToken();
  const all = await call('GET', '/identity-zones', { token });
  expect(all.parsed).toMatchObject([
    { id: 'uaa', subdomain: '' },
    { id: 'dev-zone', subdomain: 'dev' },
  ]);
  const own = await call('GET', '/identity-zones', { token, ...inDevZone });
  expect(own.parsed).toMatchObject([{ id: 'dev-zone' }]);
  const { json } = await call('GET', '/identity-zones/uaa', { token });
  expect(json).toMatchObject({ config: { userConfig: { defaultGroups: expect.any(Array) } } });
});

test('a header selects the zone by its id or subdomain, and the id takes precedence', async () => {
  const { call, clientToken } = await createHarness();
  const token = await clientToken();
  const select = async (headers: Record<string, string>) =>
    (await call('GET', '/identity-zones', { token, headers })).parsed;
  const devZone = [{ id: 'dev-zone' }];
  expect(await select({ 'x-identity-zone-subdomain': 'DEV' })).toMatchObject(devZone);
  const both = { 'x-identity-zone-id': 'dev-zone', 'x-identity-zone-subdomain': 'nope' };
  expect(await select(both)).toMatchObject(devZone);
  expect(await select({ 'x-identity-zone-subdomain': '' })).toHaveLength(2);
});

test('a caller needs a scope for the zone, even for public routes', async () => {
  const { call, clientToken } = await createHarness();
  const token = await clientToken();
  const readers = [client('reader', ['zones.dev-zone.scim.read']), client('other', ['scim.read'])];
  for (const json of readers) await call('POST', '/oauth/clients', { token, json });
  const send = async (id: string, path: string) =>
    (await call('GET', path, { token: await clientToken(id, 'secret'), ...inDevZone })).status;
  expect(await send('reader', '/Users')).toBe(200);
  expect(await send('reader', '/oauth/clients')).toBe(403);
  expect(await send('other', '/Users')).toBe(403);
  expect((await call('GET', '/info', inDevZone)).status).toBe(403);
});

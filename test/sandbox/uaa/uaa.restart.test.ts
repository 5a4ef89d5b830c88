import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openState, type State } from '../../../src/sandbox/storage.js';
import type { UaaOptions } from '../../../src/sandbox/uaa/uaa.js';
import { temporaryFolder } from '../running-sandbox.js';
import { asPksCli, claimsOf, createHarness, type Harness } from './uaa-harness.js';

let folder: string;
let state: State | undefined;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => state?.close());

/** Called twice, it restarts the UAA in the same folder. */
function startUaa(options: Partial<UaaOptions> = {}): Promise<Harness> {
  state?.close();
  state = openState(folder);
  return createHarness({ storage: state.getStorage('uaa'), ...options });
}

const refresh = (uaa: Harness, token: unknown) =>
  uaa.form('/oauth/token', {
    ...asPksCli,
    grant_type: 'refresh_token',
    refresh_token: String(token),
  });

test.each<[string, Partial<UaaOptions>]>([
  ['as 4.30', { behaviour: '4.30' }],
  ['as 77', { behaviour: '77' }],
  ['with rotation', { rotateRefresh: true }],
])('%s, a session continues after a restart', async (_case, options) => {
  const { json } = await (await startUaa(options)).login('cody');
  const reopened = await startUaa(options);
  const token = String(json['access_token']);
  expect((await reopened.call('GET', '/userinfo', { token })).status).toBe(200);
  expect((await refresh(reopened, json['refresh_token'])).status).toBe(200);
});

test('revoked tokens stay revoked', async () => {
  const first = await startUaa({ rotateRefresh: true });
  const { json } = await first.login('cody');
  expect((await refresh(first, json['refresh_token'])).status).toBe(200);
  const { json: lost } = await first.login('naomi');
  const token = await first.clientToken();
  const { parsed } = await first.call('GET', '/Users?filter=userName+eq+"naomi"', { token });
  const { id } = (parsed as { resources: { id: string }[] }).resources[0] ?? { id: '' };
  expect((await first.call('GET', `/oauth/token/revoke/user/${id}`, { token })).status).toBe(200);

  const reopened = await startUaa({ rotateRefresh: true });
  for (const refreshToken of [json['refresh_token'], lost['refresh_token']]) {
    expect((await refresh(reopened, refreshToken)).status).toBe(401);
  }
});

test('users, groups, members, mappings and clients are kept', async () => {
  const first = await startUaa();
  const token = await first.clientToken();
  const create = async (path: string, json: unknown): Promise<string> => {
    const response = await first.call('POST', path, { token, json });
    expect(response.status).toBe(201);
    return String(response.json['id']);
  };
  const userId = await create('/Users', {
    userName: 'erin',
    name: { givenName: 'Erin', familyName: 'Example' },
    emails: [{ value: 'erin@example.com' }],
    password: 'erin-password',
  });
  const groupId = await create('/Groups', {
    displayName: 'pks.clusters.extra',
    members: [{ value: userId, type: 'USER', origin: 'uaa' }],
  });
  await create('/Groups/External', { groupId, externalGroup: 'cn=dev', origin: 'ldap' });
  await create('/oauth/clients', {
    client_id: 'robot',
    client_secret: 'robot-secret',
    authorized_grant_types: ['client_credentials'],
    authorities: ['uaa.resource'],
  });

  const headers = { 'x-identity-zone-id': 'dev-zone' };
  const emails = [{ value: 'zoe@example.com' }];
  await first.call('POST', '/Users', {
    token,
    headers,
    json: { userName: 'zoe', emails, password: 'p' },
  });

  const reopened = await startUaa();
  const inZone = await reopened.call('GET', '/Users', { token, headers });
  expect(inZone.json).toMatchObject({ totalResults: 1, resources: [{ userName: 'zoe' }] });
  const fetchPath = (uaa: Harness, path: string) => uaa.call('GET', path, { token });
  for (const path of [
    ...[`/Users/${userId}`, `/Groups/${groupId}`, '/Groups/External', '/oauth/clients/robot'],
    ...['/Users', '/Groups', '/token_keys'],
  ]) {
    const { status, body } = await fetchPath(reopened, path);
    expect([path, status, body]).toEqual([path, 200, (await fetchPath(first, path)).body]);
  }
  expect((await reopened.login('erin')).status).toBe(200);
  expect(await reopened.clientToken('robot', 'robot-secret')).not.toBe('undefined');
});

test('deleted or changed seed accounts are not restored and no longer reported', async () => {
  const first = await startUaa();
  const token = await first.clientToken();
  await first.call('DELETE', '/oauth/clients/cf', { token });
  const { json } = await first.login('dana');
  const id = String(claimsOf(json['access_token'])['user_id']);
  await first.call('DELETE', `/Users/${id}`, { token });
  // Must be the last request, because it revokes the token of the administrator.
  await first.call('PUT', '/oauth/clients/admin/secret', {
    token,
    json: { clientId: 'admin', oldSecret: 'adminsecret', secret: 'other' },
  });

  const { uaa, clientToken, call } = await startUaa();
  expect(uaa.accounts.clients.map((client) => client.id)).toEqual([
    'pks_cli',
    'pks_cluster_client',
  ]);
  expect(uaa.accounts.users.map(({ name }) => name)).toEqual(['alana', 'cody', 'naomi']);
  const newToken = await clientToken('admin', 'other');
  expect((await call('GET', `/Users/${id}`, { token: newToken })).status).toBe(404);
});

test('a restart uses the current token lifetimes and creates a new secret for pks_client', async () => {
  const first = await startUaa({ tokenSeconds: 5 });
  const reopened = await startUaa();
  const lifetime = (await reopened.login('cody')).json['expires_in'];
  expect([(await first.login('cody')).json['expires_in'], lifetime]).toEqual([4, 599]);
  expect(reopened.uaa.pksClientSecret).not.toBe(first.uaa.pksClientSecret);
  expect(await reopened.clientToken('pks_client', reopened.uaa.pksClientSecret)).toMatch(/\./);
});

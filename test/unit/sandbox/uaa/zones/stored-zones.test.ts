import { afterEach, expect, test } from '@jest/globals';
import { openState, type State } from '../../../../../src/sandbox/storage/storage.js';
import { temporaryFolder } from '../../running-sandbox.js';
import { createHarness } from '../harness.js';

let state: State | undefined;
afterEach(() => state?.close());

/** Starts a UAA with its data in a folder, and stops the previous one. */
async function start(folder: string) {
  state?.close();
  state = openState(folder);
  const uaa = await createHarness({ storage: state.storageFor('uaa') });
  const token = await uaa.clientToken();
  const send = (method: string, path: string, json?: unknown, zone?: string) => {
    const headers: Record<string, string> =
      zone === undefined ? {} : { 'x-identity-zone-id': zone };
    return uaa.call(method, path, { token, headers, json });
  };
  return { send };
}

type Send = Awaited<ReturnType<typeof start>>['send'];

const createZone = (send: Send, id: string) =>
  send('POST', '/identity-zones', { id, subdomain: id.toLowerCase(), name: id });

const user = (userName: string) => ({
  userName,
  name: { givenName: 'Zoe', familyName: 'Example' },
  emails: [{ value: `${userName}@example.com` }],
  password: 'zoe-password',
});

const client = { client_id: 'app', client_secret: 's', authorized_grant_types: ['password'] };

const listNames = async (send: Send, zone?: string) => {
  const { json } = await send('GET', '/Users', undefined, zone);
  return (json['resources'] as { userName: string }[]).map(({ userName }) => userName);
};

const listGroups = async (send: Send, zone: string) => {
  const { json } = await send('GET', '/Groups?count=500', undefined, zone);
  return (json['resources'] as { displayName: string }[]).map(({ displayName }) => displayName);
};

test('keeps the users, groups and clients of each zone after a restart', async () => {
  const folder = temporaryFolder();
  const { send } = await start(folder);
  for (const zone of ['one', 'two', '../../three']) {
    expect((await createZone(send, zone)).status).toBe(201);
    expect((await send('POST', '/Users', user(`zoe-${zone.slice(-3)}`), zone)).status).toBe(201);
  }
  await send('POST', '/Groups', { displayName: 'team' }, 'one');
  await send('POST', '/oauth/clients', client, 'one');
  const groups = await listGroups(send, 'one');
  const removed = await send('GET', '/Groups?filter=displayName eq "scim.read"', undefined, 'one');
  const { id } = (removed.json['resources'] as [{ id: string }])[0];
  expect((await send('DELETE', `/Groups/${id}`, undefined, 'one')).status).toBe(200);

  const { send: sendAgain } = await start(folder);
  expect(await listNames(sendAgain, 'one')).toEqual(['zoe-one']);
  expect(await listNames(sendAgain, 'two')).toEqual(['zoe-two']);
  expect(await listNames(sendAgain, '../../three')).toEqual(['zoe-ree']);
  expect(await listNames(sendAgain)).not.toContain('zoe-one');
  expect((await sendAgain('GET', '/oauth/clients/app', undefined, 'one')).status).toBe(200);
  expect((await sendAgain('GET', '/oauth/clients/app', undefined, 'two')).status).toBe(404);
  expect(groups).toContain('team');
  const remaining = groups.filter((name) => name !== 'scim.read');
  expect(await listGroups(sendAgain, 'one')).toEqual(remaining);
});

test('a new zone with the id of a deleted one is empty, even after a restart', async () => {
  const folder = temporaryFolder();
  const { send } = await start(folder);
  await createZone(send, 'one');
  await send('POST', '/Users', user('zoe'), 'one');

  const { send: sendAgain } = await start(folder);
  expect((await sendAgain('DELETE', '/identity-zones/one')).status).toBe(200);
  await createZone(sendAgain, 'one');
  expect(await listNames(sendAgain, 'one')).toEqual([]);
  await sendAgain('POST', '/Users', user('erin'), 'one');

  const { send: sendLast } = await start(folder);
  expect(await listNames(sendLast, 'one')).toEqual(['erin']);
});

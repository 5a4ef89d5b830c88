import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { openFolderStorage } from '../../../../../src/sandbox/storage/folder-storage.js';
import type { UaaOptions } from '../../../../../src/sandbox/uaa/uaa.js';
import { temporaryFolder } from '../../running-sandbox.js';
import { asPksCli, claimsOf, createHarness, type Harness } from '../harness.js';

let folder: string;
beforeEach(() => {
  folder = join(temporaryFolder(), 'uaa');
});

// Called twice, it restarts the UAA in the same folder.
const startUaa = (options: Partial<UaaOptions> = {}): Promise<Harness> =>
  createHarness({ storage: openFolderStorage(folder), ...options });

const refresh = (uaa: Harness, token: unknown) =>
  uaa.form('/oauth/token', {
    ...asPksCli,
    grant_type: 'refresh_token',
    refresh_token: String(token),
  });

test.each<[string, Partial<UaaOptions>]>([
  ['in 4.30', {}],
  ['in 77', { behaviour: '77' }],
  ['with rotation', { rotateRefresh: true }],
])('%s, a session continues after a restart', async (_case, options) => {
  const { json } = await (await startUaa(options)).login('cody');
  const reopened = await startUaa(options);
  const token = String(json['access_token']);
  expect((await reopened.call('GET', '/userinfo', { token })).json).toMatchObject({
    user_name: 'cody',
  });
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

  const reopened = await startUaa();
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

test('a first start that failed before its first commit can be repeated', async () => {
  writeFileSync(folder, 'a file that prevents the creation of the folder');
  await expect(startUaa()).rejects.toThrow('EEXIST');
  rmSync(folder);
  const uaa = await startUaa();
  const { parsed } = await uaa.call('GET', '/Groups', { token: await uaa.clientToken() });
  const names = (parsed as { resources: { displayName: string }[] }).resources.map(
    ({ displayName }) => displayName,
  );
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('pks.clusters.admin.read');
  expect((await uaa.login('cody')).json['scope']).toContain('pks.clusters.manage');
});

describe('a folder of tpks 0.1.0', () => {
  /** Replaces the journal with the files that tpks 0.1.0 would have written. */
  function writeOldFiles(): void {
    const path = join(folder, 'journal.ndjson');
    const stored = new Map<string, Map<string, unknown>>();
    for (const line of readFileSync(path, 'utf8').split('\n').slice(1, -1)) {
      for (const [name, key, row] of JSON.parse(line) as [string, string?, unknown?][]) {
        const rows = stored.get(name) ?? new Map<string, unknown>();
        stored.set(name, rows);
        if (key !== undefined && row !== undefined) rows.set(key, row);
        else if (key !== undefined) rows.delete(key);
      }
    }
    const members = new Map<string, object[]>();
    for (const row of stored.get('members')?.values() ?? []) {
      const { groupId, ...member } = row as { groupId: string };
      members.set(groupId, [...(members.get(groupId) ?? []), member]);
    }
    stored.set('members', members);
    const plain = ['mappings', 'signing-key'];
    for (const [name, rows] of stored) {
      const items = plain.includes(name) ? [...rows.values()] : [...rows];
      writeFileSync(join(folder, `${name}.json`), JSON.stringify({ version: 1, items }));
    }
    rmSync(path);
  }

  test('is migrated with its accounts, groups, mappings, sessions and signing key', async () => {
    const first = await startUaa({ rotateRefresh: true });
    const { json } = await first.login('cody');
    const token = await first.clientToken();
    const { json: group } = await first.call('POST', '/Groups', {
      token,
      json: {
        displayName: 'team',
        members: [{ value: String(claimsOf(json['access_token'])['user_id']) }],
      },
    });
    await first.call('POST', '/Groups/External', {
      token,
      json: { groupId: group['id'], externalGroup: 'cn=dev', origin: 'ldap' },
    });
    const paths = ['/Users', '/Groups', '/Groups/External', '/oauth/clients', '/token_keys'];
    const before = await fetchBodies(first, paths, token);
    writeOldFiles();

    const reopened = await startUaa({ rotateRefresh: true });
    expect(readdirSync(folder)).toEqual(['journal.ndjson']);
    const after = await fetchBodies(reopened, paths, token);
    expect(after).toEqual(before);
    expect((await refresh(reopened, json['refresh_token'])).status).toBe(200);
  });

  async function fetchBodies(uaa: Harness, paths: readonly string[], token: string) {
    const found: string[] = [];
    for (const path of paths) {
      const { status, body } = await uaa.call('GET', path, { token });
      expect(status).toBe(200);
      found.push(body);
    }
    return found;
  }
});

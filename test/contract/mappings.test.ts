import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createGroups, type Group, type Groups } from '../../src/api/uaa/groups.js';
import { createMappings, type Mapping, type Mappings } from '../../src/api/uaa/mappings.js';
import { mainServers, unique, type ContractServer } from './servers.js';

describe.each(mainServers)('mappings on %s', (_name, start) => {
  let server: ContractServer;
  let admin: string;
  let groups: Groups;
  let mappings: Mappings;
  let team: Group;

  beforeAll(async () => {
    server = await start();
    admin = await server.adminToken();
    const send = server.signed(admin);
    groups = createGroups(send, server.uaa);
    mappings = createMappings(send, server.uaa);
  }, 60_000);
  beforeEach(async () => {
    team = await groups.add({ displayName: unique('team') });
  });
  // The UAA deletes the mappings of a deleted group.
  afterEach(async () => {
    await groups.remove({ id: team.id }).catch(() => undefined);
  });
  afterAll(() => server.stop());

  const map = (externalGroup: string, origin = 'ldap', isPermanent = false): Promise<Mapping> =>
    mappings.map(
      { group: { name: team.displayName }, externalGroup, origin },
      { allowPermanent: isPermanent },
    );
  const unmap = (externalGroup: string, origin = 'ldap'): Promise<Mapping> =>
    mappings.unmap({ group: { name: team.displayName }, externalGroup, origin });
  /** The mappings of the group of this test. */
  const listOwn = async (query: Parameters<Mappings['list']>[0] = {}): Promise<string[]> => {
    const found: string[] = [];
    for (const { groupId, externalGroup, origin } of await mappings.list(query)) {
      if (groupId === team.id) found.push(`${externalGroup} of ${origin}`);
    }
    return found.sort();
  };

  test('returns the mapping as stored by the UAA: the name in lower case, the origin unchanged', async () => {
    expect(await map(' CN=Admins,OU=Ärzte,DC=Example ', 'Okta')).toEqual({
      meta: { version: 0, created: expect.any(String), lastModified: expect.any(String) },
      groupId: team.id,
      displayName: team.displayName,
      externalGroup: 'cn=admins,ou=ärzte,dc=example',
      origin: 'Okta',
      schemas: ['urn:scim:schemas:core:1.0'],
    });
    expect(await listOwn()).toEqual(['cn=admins,ou=ärzte,dc=example of Okta']);
  });

  test('stores a mapping once if it is added twice', async () => {
    const mapping = { group: { id: team.id }, externalGroup: 'cn=dev', origin: 'ldap' };
    await mappings.map(mapping);
    await mappings.map({ ...mapping, externalGroup: 'CN=DEV' });
    expect(await listOwn()).toEqual(['cn=dev of ldap']);
  });

  test('lists can be filtered, limited and paged', async () => {
    const name = unique('a');
    for (const each of [name, 'b', 'c']) await map(each);
    await map(name, 'saml');
    expect(await listOwn({ origin: 'saml' })).toEqual([`${name} of saml`]);
    expect(await listOwn({ externalGroup: name.toUpperCase() })).toEqual([
      `${name} of ldap`,
      `${name} of saml`,
    ]);
    const count = async (query: Parameters<Mappings['list']>[0]) =>
      (await mappings.list(query)).length;
    expect(await count({ externalGroup: name, limit: 1 })).toBe(1);
    expect(await count({ externalGroup: name, start: 2 })).toBe(1);
    expect(await count({ externalGroup: name, start: 9 })).toBe(0);
  });

  test.each([
    ['a DN', 'cn=dev,ou=groups,dc=example,dc=com'],
    ['a name with a question mark and a hash', 'what? #1'],
    ['a name with spaces, a plus sign and an ampersand', 'a b+c&d=e'],
    ['a name with quotation marks', `"it's"`],
    ['a name with non-ASCII letters', '開発チーム ÄÖÜ ß'],
    ['a name with dots', 'team.blue.json'],
    ['a name with an underscore', 'dev_ops'],
    ['a name with a control character', 'a\tb'],
  ])('maps and unmaps %s', async (_what, name) => {
    await map(name);
    expect(await unmap(name.toUpperCase().replace('SS', 'ß'))).toMatchObject({ groupId: team.id });
    expect(await listOwn()).toEqual([]);
  });

  test.each([
    ['a slash', 'a/b'],
    ['a backslash', 'cn=doe\\, john'],
    ['a semicolon', 'a;b'],
    ['a percent sign', '50% off'],
    ['a line break', 'a\nb'],
  ])('maps a name with %s only permanently, until its group is deleted', async (_what, name) => {
    await expect(map(name)).rejects.toMatchObject({ kind: 'usage' });
    expect(await listOwn()).toEqual([]);
    await map(name, 'ldap', true);
    // The client does not send the request. The server would reject it.
    await expect(unmap(name)).rejects.toMatchObject({ kind: 'usage' });
    const path = ['groupId', team.id, 'externalGroup', name, 'origin', 'ldap'];
    const { status } = await server.raw(
      `/Groups/External/${path.map(encodeURIComponent).join('/')}`,
      { method: 'DELETE', bearer: admin },
    );
    expect(status).toBeGreaterThanOrEqual(400);
    expect(await listOwn()).toEqual([`${name} of ldap`]);
    await groups.remove({ id: team.id });
    expect(await listOwn()).toEqual([]);
  });

  test('reports a missing mapping and an unknown group', async () => {
    await map('devxops');
    for (const name of ['other', 'dev_ops']) {
      await expect(unmap(name)).rejects.toMatchObject({
        kind: 'notFound',
        status: 404,
        message: `${name} is not mapped to ${team.displayName} for origin ldap`,
      });
    }
    await expect(unmap('devxops', 'LDAP')).rejects.toMatchObject({ kind: 'notFound' });
    expect(await listOwn()).toEqual(['devxops of ldap']);
    const nowhere = { group: { name: 'no.such.group' }, externalGroup: 'x', origin: 'ldap' };
    await expect(mappings.map(nowhere)).rejects.toMatchObject({
      kind: 'notFound',
      message: 'Group no.such.group not found',
    });
  });

  test('a blank name is rejected', async () => {
    await expect(map('   ')).rejects.toMatchObject({
      status: 412,
      oauthError: 'scim_resource_constraint_failed',
    });
  });

  test('requires scim.write for mapping and scim.read for listing', async () => {
    const withScope = async (scope: string): Promise<Mappings> => {
      const client = server.grants('admin', 'adminsecret');
      const { accessToken } = await client.clientCredentials({ scope });
      return createMappings(server.signed(accessToken), server.uaa);
    };
    const mapping = { group: { id: team.id }, externalGroup: 'x', origin: 'ldap' };
    await expect((await withScope('scim.read')).map(mapping)).rejects.toMatchObject({
      message: 'Your token lacks the required scope scim.write',
    });
    await expect((await withScope('scim.write')).list()).rejects.toMatchObject({
      message: 'Your token lacks the required scope scim.read',
    });
  });
});

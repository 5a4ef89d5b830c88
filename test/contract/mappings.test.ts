import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createGroups, type Group, type Groups } from '../../src/uaa/groups.js';
import { createMappings, type Mapping, type Mappings } from '../../src/uaa/mappings.js';
import { servers, unique, type ContractServer } from './servers.js';

describe.each(servers)('mappings, %s', (_name, start) => {
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
  // Its mappings go with it.
  afterEach(async () => {
    await groups.remove({ id: team.id }).catch(() => undefined);
  });
  afterAll(() => server.stop());

  const map = (externalGroup: string, origin = 'ldap', forGood = false): Promise<Mapping> =>
    mappings.map(
      { group: { name: team.displayName }, externalGroup, origin },
      { allowPermanent: forGood },
    );
  const unmap = (externalGroup: string, origin = 'ldap'): Promise<Mapping> =>
    mappings.unmap({ group: { name: team.displayName }, externalGroup, origin });
  /** Of the one group. */
  const listed = async (query: Parameters<Mappings['list']>[0] = {}): Promise<string[]> => {
    const found: string[] = [];
    for await (const { groupId, externalGroup, origin } of mappings.list(query)) {
      if (groupId === team.id) found.push(`${externalGroup} of ${origin}`);
    }
    return found.sort();
  };

  test('a mapping comes back as the UAA keeps it: the name in lower case, the origin as it is', async () => {
    expect(await map(' CN=Admins,OU=Ärzte,DC=Example ', 'Okta')).toEqual({
      meta: { version: 0, created: expect.any(String), lastModified: expect.any(String) },
      groupId: team.id,
      displayName: team.displayName,
      externalGroup: 'cn=admins,ou=ärzte,dc=example',
      origin: 'Okta',
      schemas: ['urn:scim:schemas:core:1.0'],
    });
    expect(await listed()).toEqual(['cn=admins,ou=ärzte,dc=example of Okta']);
  });

  test('mapped by id, and twice, it is there once', async () => {
    const joint = { group: { id: team.id }, externalGroup: 'cn=dev', origin: 'ldap' };
    await mappings.map(joint);
    await mappings.map({ ...joint, externalGroup: 'CN=DEV' });
    expect(await listed()).toEqual(['cn=dev of ldap']);
  });

  test('a list can be narrowed and cut, and goes on over pages', async () => {
    const name = unique('a');
    for (const each of [name, 'b', 'c']) await map(each);
    await map(name, 'saml');
    expect(await listed({ origin: 'saml' })).toEqual([`${name} of saml`]);
    expect(await listed({ externalGroup: name.toUpperCase() })).toEqual([
      `${name} of ldap`,
      `${name} of saml`,
    ]);
    const count = async (query: Parameters<Mappings['list']>[0]) => {
      const found: Mapping[] = [];
      for await (const mapping of mappings.list(query)) found.push(mapping);
      return found.length;
    };
    expect(await count({ externalGroup: name, limit: 1 })).toBe(1);
    expect(await count({ externalGroup: name, start: 2 })).toBe(1);
    expect(await count({ externalGroup: name, start: 9 })).toBe(0);
  });

  test.each([
    ['an ordinary DN', 'cn=dev,ou=groups,dc=example,dc=com'],
    ['one with a question mark and a hash', 'what? #1'],
    ['one with blanks, plus and ampersand', 'a b+c&d=e'],
    ['one with quotes', `"it's"`],
    ['one in other letters', '開発チーム ÄÖÜ ß'],
    ['one with a dot', 'team.blue.json'],
    ['one with an underscore', 'dev_ops'],
    ['one with a sign of control', 'a\tb'],
  ])('%s is mapped and unmapped', async (_what, name) => {
    await map(name);
    expect(await unmap(name.toUpperCase().replace('SS', 'ß'))).toMatchObject({ groupId: team.id });
    expect(await listed()).toEqual([]);
  });

  test.each([
    ['a slash', 'a/b'],
    ['a backslash', 'cn=doe\\, john'],
    ['a semicolon', 'a;b'],
    ['a percent sign', '50% off'],
    ['a line break', 'a\nb'],
  ])('one with %s is mapped for good alone, and goes with its group', async (_what, name) => {
    await expect(map(name)).rejects.toMatchObject({ kind: 'usage' });
    expect(await listed()).toEqual([]);
    await map(name, 'ldap', true);
    // The client refuses to ask; the server would not take it either.
    await expect(unmap(name)).rejects.toMatchObject({ kind: 'usage' });
    const path = ['groupId', team.id, 'externalGroup', name, 'origin', 'ldap'];
    const { status } = await server.raw(
      `/Groups/External/${path.map(encodeURIComponent).join('/')}`,
      { method: 'DELETE', bearer: admin },
    );
    expect(status).toBeGreaterThanOrEqual(400);
    expect(await listed()).toEqual([`${name} of ldap`]);
    await groups.remove({ id: team.id });
    expect(await listed()).toEqual([]);
  });

  test('names that the UAA cannot tell apart: it is mapped all the same, and says which', async () => {
    await map('devxops');
    expect(await map('Dev_Ops')).toMatchObject({ externalGroup: 'dev_ops', groupId: team.id });
    expect(await listed()).toEqual(['dev_ops of ldap', 'devxops of ldap']);
    await expect(unmap('dev_ops')).rejects.toMatchObject({
      kind: 'failed',
      message: 'The UAA cannot distinguish dev_ops from other mappings',
      hint: expect.stringMatching(/: devxops$/),
    });
    expect(await listed()).toEqual(['dev_ops of ldap', 'devxops of ldap']);
    await unmap('devxops');
    await unmap('dev_ops');
    expect(await listed()).toEqual([]);
  });

  test('what is not mapped, or to no group, is said so', async () => {
    await map('devxops');
    for (const name of ['other', 'dev_ops']) {
      await expect(unmap(name)).rejects.toMatchObject({
        kind: 'notFound',
        status: 404,
        message: `${name} is not mapped to ${team.displayName} for origin ldap`,
      });
    }
    await expect(unmap('devxops', 'LDAP')).rejects.toMatchObject({ kind: 'notFound' });
    expect(await listed()).toEqual(['devxops of ldap']);
    const nowhere = { group: { name: 'no.such.group' }, externalGroup: 'x', origin: 'ldap' };
    await expect(mappings.map(nowhere)).rejects.toMatchObject({
      kind: 'notFound',
      message: 'Group no.such.group not found',
    });
  });

  test('a blank name is refused', async () => {
    await expect(map('   ')).rejects.toMatchObject({
      status: 412,
      oauthError: 'scim_resource_constraint_failed',
    });
  });

  test('mapping needs scim.write, looking scim.read', async () => {
    const as = async (scope: string): Promise<Mappings> => {
      const client = server.grants('admin', 'adminsecret');
      const { accessToken } = await client.clientCredentials({ scope });
      return createMappings(server.signed(accessToken), server.uaa);
    };
    const joint = { group: { id: team.id }, externalGroup: 'x', origin: 'ldap' };
    await expect((await as('scim.read')).map(joint)).rejects.toMatchObject({
      message: 'Your token lacks the required scope scim.write',
    });
    const list = (await as('scim.write')).list()[Symbol.asyncIterator]();
    await expect(list.next()).rejects.toMatchObject({
      message: 'Your token lacks the required scope scim.read',
    });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { Secret } from '../../src/secret.js';
import { createClients, type Clients } from '../../src/uaa/clients.js';
import { createDirectory, type Directory } from '../../src/uaa/directory.js';
import { createGroups, type Groups } from '../../src/uaa/groups.js';
import { createMappings, type Mappings } from '../../src/uaa/mappings.js';
import { createMembers, type Members } from '../../src/uaa/members.js';
import { createUsers, type Users } from '../../src/uaa/users.js';
import { createAccessRunner, type AccessRunner } from '../support/access-runner.js';
import { servers, unique, type ContractServer } from './servers.js';

/** An object literal would set the prototype instead of a member `__proto__`. */
function named<T>(names: readonly string[], make: (name: string) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)]));
}

describe.each(servers)('access as code, %s', (_name, start) => {
  let server: ContractServer;
  let access: AccessRunner;
  let users: Users;
  let groups: Groups;
  let members: Members;
  let mappings: Mappings;
  let clients: Clients;
  let directory: Directory;
  const tags: string[] = [];
  /** In every name of a test, and in no other. */
  let tag: string;

  beforeAll(async () => {
    server = await start();
    const send = server.signed(await server.adminToken());
    const { uaa } = server;
    access = createAccessRunner({ send, uaa });
    users = createUsers(send, uaa);
    groups = createGroups(send, uaa);
    members = createMembers(send, uaa);
    mappings = createMappings(send, uaa);
    clients = createClients(send, uaa);
    directory = createDirectory(send, uaa);
    access.put('ci.secret', 'secret-of-ci\n');
  }, 60_000);
  beforeEach(() => {
    tag = unique('x').slice(2);
    tags.push(tag);
  });
  afterAll(async () => {
    const isMine = (name: string) => tags.some((one) => name.includes(one));
    for (const { id, userName } of await directory.listUsers()) {
      if (isMine(userName)) await users.remove({ id });
    }
    for (const { id, displayName } of await directory.listGroups()) {
      if (isMine(displayName)) await groups.remove({ id });
    }
    for (const { client_id: id } of await directory.listClients()) {
      if (isMine(id)) await clients.remove(id);
    }
    access.close();
    await server.stop();
  }, 60_000);

  const env = { ERIN_PASSWORD: 'password-of-erin' };

  /** Something of everything that a file can say. */
  const everything = () => `
groups:
  team.${tag}:
    description: A team
    members: [erin.${tag}, {user: zoe.${tag}, origin: ldap}, {group: core.${tag}}]
    external: [{origin: ldap, name: "cn=Team ${tag},ou=groups,dc=example,dc=com"}]
  core.${tag}:
    members: [{user: zoe.${tag}, origin: uaa}]
users:
  erin.${tag}:
    emails: [erin@example.com]
    phones: ["555-1"]
    given_name: Erin
    family_name: Blue
    password_from: env:ERIN_PASSWORD
  zoe.${tag}:
    - {origin: ldap, emails: [zoe@ldap.example.com]}
    - {emails: [zoe@example.com], password_from: env:ERIN_PASSWORD}
clients:
  ci.${tag}:
    name: CI
    authorized_grant_types: [client_credentials]
    authorities: [pks.clusters.admin.read, uaa.resource]
    access_token_validity: 600
    secret_from: file:ci.secret
  web.${tag}:
    authorized_grant_types: [authorization_code]
    scope: [openid, pks.clusters.manage]
    redirect_uri: [https://one.example.com, https://two.example.com]
    autoapprove: [openid]
    allowedproviders: [uaa]
    required_user_groups: [pks.clusters.manage]
    refresh_token_validity: 3600
    secret_from: file:ci.secret
  people.${tag}:
    authorized_grant_types: [password]
    scope: [openid]
    autoapprove: true
    secret_from: empty
`;

  /**
   * The exported entries that this test made. Other test files use the same UAA at the same time,
   * and their entries come and go.
   */
  const state = async (
    isMine = (name: string) => name.includes(tag),
  ): Promise<Record<string, Record<string, unknown>>> => {
    const all = parse(await access.exported()) as Record<string, Record<string, unknown>>;
    return Object.fromEntries(
      Object.entries(all).map(([section, entries]) => [
        section,
        Object.fromEntries(Object.entries(entries).filter(([name]) => isMine(name))),
      ]),
    );
  };

  /** The state as a file; JSON is YAML. */
  const stateFile = async () => JSON.stringify(await state());

  test('all of it is done, each change in one write, and a second time nothing is', async () => {
    const first = await access.apply(everything(), { env });
    expect(first.error).toBeUndefined();
    expect(first.lines).toEqual(['Done: 13 changes (+ 13)']);
    expect(first.writes).toHaveLength(13);
    // Members by the routes that change nothing else.
    expect(first.writes.filter((line) => line.startsWith('PUT'))).toEqual([]);
    expect(first.writes.filter((line) => /\/Groups\/[^/]+\/members$/.test(line))).toHaveLength(4);

    const second = await access.apply(everything(), { env: {} });
    expect(second).toMatchObject({ error: undefined, writes: [] });
    expect(second.lines).toEqual([expect.stringContaining('No changes: ')]);
    const pruned = await access.apply(everything(), { env: {}, prune: true });
    expect(pruned).toMatchObject({ error: undefined, writes: [] });
  }, 30_000);

  test('the secrets are those that the file points at', async () => {
    await access.apply(everything(), { env });
    const token = await server.grants(`ci.${tag}`, 'secret-of-ci').clientCredentials();
    expect(token.scope.split(' ').sort()).toEqual(['pks.clusters.admin.read', 'uaa.resource']);
    const login = { username: `erin.${tag}`, password: new Secret('password-of-erin') };
    expect((await server.grants(`people.${tag}`, '').password(login)).scope).toBe('openid');
  }, 30_000);

  test('what is there is changed where it differs, and keeps what the file does not name', async () => {
    await access.apply(everything(), { env });
    const change = await access.apply(
      `
users:
  erin.${tag}: {emails: [new@example.com], given_name: Erin, family_name: Green}
clients:
  ci.${tag}: {authorities: [scim.read], access_token_validity: 900, name: CI}
  web.${tag}: {autoapprove: [openid, pks.clusters.manage]}
`,
    );
    expect(change.error).toBeUndefined();
    expect(change.writes.map((line) => line.split(' ')[0])).toEqual(['PUT', 'PUT', 'PUT']);
    const { users: mine = {}, clients: apps = {} } = await state();
    expect(mine[`erin.${tag}`]).toEqual({
      emails: ['new@example.com'],
      phones: ['555-1'],
      given_name: 'Erin',
      family_name: 'Green',
    });
    expect(apps[`ci.${tag}`]).toMatchObject({
      authorities: ['pks.clusters.admin.read', 'scim.read', 'uaa.resource'],
      access_token_validity: 900,
    });
    expect(apps[`web.${tag}`]).toMatchObject({
      autoapprove: ['openid', 'pks.clusters.manage'],
      scope: ['openid', 'pks.clusters.manage'],
      redirect_uri: ['https://one.example.com', 'https://two.example.com'],
      allowedproviders: ['uaa'],
    });
    // The secret is as it was.
    await server.grants(`ci.${tag}`, 'secret-of-ci').clientCredentials();
  }, 30_000);

  describe('what others have added', () => {
    const stranger = () => `stranger.${tag}`;
    const dn = () => `cn=strangers ${tag},dc=example,dc=com`;

    beforeEach(async () => {
      await access.apply(everything(), { env });
      const added = await users.add({
        userName: stranger(),
        emails: ['s@example.com'],
        phoneNumbers: [],
        origin: 'saml',
      });
      const guests = await groups.add({ displayName: `guests.${tag}` });
      const { id } = await groups.identify(`team.${tag}`);
      await members.add(id, added);
      await members.add(id, { id: guests.id, origin: 'uaa', type: 'GROUP' });
      await mappings.map({ group: { id }, externalGroup: dn(), origin: 'ldap' });
      await clients.update(`ci.${tag}`, {
        authorities: ['pks.clusters.admin.read', 'uaa.resource', 'uaa.admin'],
      });
      await clients.update(`people.${tag}`, { redirect_uri: ['https://stranger.example.com'] });
    }, 30_000);

    test('stays', async () => {
      const before = await state();
      expect(await access.apply(everything())).toMatchObject({ error: undefined, writes: [] });
      expect(await state()).toEqual(before);
    }, 30_000);

    test('goes with --prune, where a list of the file does not name it', async () => {
      const before = await state();
      const planned = await access.plan(everything(), { prune: true });
      expect(planned.lines.slice(2, -2)).toEqual([
        `~ client ci.${tag}: authorities -uaa.admin`,
        `- group team.${tag}: member group guests.${tag}`,
        `- group team.${tag}: member ${stranger()} (saml)`,
        `- group team.${tag}: external ${dn()} (ldap)`,
      ]);
      expect(planned.writes).toEqual([]);
      expect(await state()).toEqual(before);

      const done = await access.apply(everything(), { prune: true });
      expect(done.error).toBeUndefined();
      expect(done.lines).toEqual(['Done: 4 changes (~ 1, - 3)']);
      const after = await state();
      expect(after['groups']?.[`team.${tag}`]).toEqual({
        description: 'A team',
        members: [{ group: `core.${tag}` }, `erin.${tag}`, { user: `zoe.${tag}`, origin: 'ldap' }],
        external: [{ origin: 'ldap', name: `cn=team ${tag},ou=groups,dc=example,dc=com` }],
      });
      // Nobody and nothing besides is taken away.
      expect(after['users']).toEqual(before['users']);
      expect(after['groups']).toHaveProperty([`guests.${tag}`]);
      expect(after['clients']?.[`people.${tag}`]).toEqual(before['clients']?.[`people.${tag}`]);
      expect(await access.apply(everything(), { prune: true })).toMatchObject({ writes: [] });
    }, 30_000);

    test('stays with --prune, where the file names no list at all', async () => {
      const file = `
groups: {team.${tag}: {}}
clients: {ci.${tag}: {name: CI}}
`;
      expect(await access.apply(file, { prune: true })).toMatchObject({
        error: undefined,
        writes: [],
      });
    }, 30_000);
  });

  test('lists become empty, where the file says so', async () => {
    await access.apply(everything(), { env });
    const file = `
groups: {team.${tag}: {members: [], external: []}}
clients:
  ci.${tag}: {authorities: []}
  web.${tag}: {scope: [openid], autoapprove: false, required_user_groups: []}
  people.${tag}: {autoapprove: []}
`;
    expect(await access.apply(file, { prune: true })).toMatchObject({ error: undefined });
    expect(await access.apply(file, { prune: true })).toMatchObject({
      error: undefined,
      writes: [],
    });
    const { groups: teams = {}, clients: apps = {} } = await state();
    expect(teams[`team.${tag}`]).toMatchObject({ members: [], external: [] });
    expect(apps[`ci.${tag}`]).toMatchObject({ authorities: ['uaa.none'] });
    expect(apps[`web.${tag}`]).not.toHaveProperty('autoapprove');
    expect(apps[`web.${tag}`]).not.toHaveProperty('required_user_groups');
    expect(apps[`people.${tag}`]).not.toHaveProperty('autoapprove');
  }, 30_000);

  test('names that every object has are names like any other', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const file = JSON.stringify({
      groups: named([...names, `team.${tag}`], (name) =>
        names.includes(name)
          ? { members: [name, { group: `team.${tag}` }], external: [{ origin: 'ldap', name }] }
          : { members: names },
      ),
      users: named(names, (name) => ({
        emails: ['x@example.com'],
        given_name: name,
        password_from: 'env:ERIN_PASSWORD',
      })),
      clients: named(names, (name) => ({
        name,
        authorized_grant_types: ['client_credentials'],
        secret_from: 'file:ci.secret',
      })),
    });
    try {
      expect((await access.plan(file, { env })).error).toBeUndefined();
      const first = await access.apply(file, { env });
      expect(first).toMatchObject({ error: undefined, lines: ['Done: 22 changes (+ 22)'] });
      const again = await access.apply(file, { prune: true });
      expect(again).toMatchObject({ error: undefined, writes: [] });
      const mine = await state((name) => names.includes(name) || name.includes(tag));
      expect(Object.values(mine).flatMap((entries) => Object.keys(entries))).toHaveLength(10);
      expect(await access.plan(JSON.stringify(mine), { prune: true })).toMatchObject({
        error: undefined,
        json: { changes: [] },
      });
    } finally {
      for (const name of names) {
        await users.remove({ name });
        await groups.remove({ name });
        await clients.remove(name);
      }
    }
  }, 30_000);

  test('an unknown user is reported with its line, and nothing is written', async () => {
    const run = await access.apply(
      everything().replace('members: [erin', `members: [nobody.${tag}, erin`),
      { env },
    );
    expect(run.writes).toEqual([]);
    expect(run.error).toMatchObject({
      kind: 'usage',
      hint: `line 5: group team.${tag}: user nobody.${tag} not found in the UAA or in this file`,
    });
    expect(await state()).toEqual({ users: {}, groups: {}, clients: {} });
  });

  test('everything that is wrong is told at once, before a write', async () => {
    const long = 'x'.repeat(300);
    const run = await access.apply(
      `
groups:
  team.${tag}:
    members: [no.${tag}, {group: no.${tag}}, {group: team.${tag}}, {user: alana, origin: ldap}]
    external:
      - {origin: ldap, name: "cn=a/b"}
      - {origin: ldap, name: "${long}"}
users:
  erin.${tag}: {}
clients:
  we/b.${tag}: {authorized_grant_types: [authorization_code]}
`,
    );
    expect(run.writes).toEqual([]);
    expect(run.error).toMatchObject({ kind: 'usage' });
    expect(
      (run.error as { hint: string }).hint.split('\n').map((line) => line.slice(0, 7)),
    ).toEqual(
      [4, 4, 4, 4, 6, 7, 9, 9, 11, 11, 11].map((line) => `line ${String(line)}:`.slice(0, 7)),
    );
  });

  test('a secret that is not to be had stops it before the first write; a plan only warns', async () => {
    const run = await access.apply(everything(), { env: {} });
    expect(run.writes).toEqual([]);
    expect(run.error).toMatchObject({
      kind: 'usage',
      hint: 'line 15: ERIN_PASSWORD is not set\nline 18: ERIN_PASSWORD is not set',
    });
    const plan = await access.plan(everything(), { env: {} });
    expect(plan.error).toBeUndefined();
    expect(plan.warnings).toEqual([
      expect.stringMatching(/access\.yml, line 15: ERIN_PASSWORD is not set; uaa apply needs it$/),
      expect.stringContaining('line 18: '),
    ]);
  });

  test('an export is in step with the UAA, and another one is the same', async () => {
    await access.apply(everything(), { env });
    const file = await stateFile();
    expect(file).not.toContain('secret');
    expect(await access.plan(file)).toMatchObject({ json: { changes: [] }, error: undefined });
    expect(await access.plan(file, { prune: true })).toMatchObject({ json: { changes: [] } });
    expect(await stateFile()).toBe(file);
  }, 30_000);

  test('cut after any write, it goes on to the same end', async () => {
    const some = () => `
groups:
  team.${tag}: {members: [erin.${tag}], external: [{origin: ldap, name: "cn=${tag}"}]}
users:
  erin.${tag}: {emails: [e@example.com], password_from: env:ERIN_PASSWORD}
clients:
  ci.${tag}: {authorized_grant_types: [client_credentials], secret_from: file:ci.secret}
`;
    const end = async (): Promise<string> => (await stateFile()).replaceAll(tag, '');
    const whole = await access.apply(some(), { env });
    const wanted = await end();
    for (const cut of whole.writes.keys()) {
      tag = unique('x').slice(2);
      tags.push(tag);
      const first = await access.apply(some(), { env, cutAfterWrites: cut });
      expect(first.error).toMatchObject({ message: 'cut' });
      expect(first.writes).toHaveLength(cut);
      const second = await access.apply(some(), { env });
      expect(second.error).toBeUndefined();
      expect(second.writes).toHaveLength(whole.writes.length - cut);
      expect(await end()).toBe(wanted);
    }
  }, 60_000);

  test('after Ctrl-C apply reports what was done, and the same command applies the rest', async () => {
    const file = `
groups: {team.${tag}: {members: [erin.${tag}]}}
users: {erin.${tag}: {emails: [e@example.com], password_from: env:ERIN_PASSWORD}}
`;
    const untilInterrupted = () => Promise.resolve();
    const first = await access.apply(file, { env, untilInterrupted });
    expect(first.lines).toEqual([
      `done         + user erin.${tag}: e@example.com; password from env:ERIN_PASSWORD`,
      `done         + group team.${tag}`,
      `not started  + group team.${tag}: member erin.${tag}`,
    ]);
    expect(first.json).toMatchObject({
      complete: false,
      changes: [{}, {}, { outcome: 'notStarted' }],
    });
    expect(first.error).toMatchObject({
      kind: 'cancelled',
      message: 'Interrupted after 2 of 3 changes',
    });
    const second = await access.apply(file, { env });
    expect(second).toMatchObject({ error: undefined, lines: ['Done: 1 change (+ 1)'] });
  });

  test('apply stops at a change that the UAA rejects, and reports what was done', async () => {
    const run = await access.apply(
      `
groups:
  team.${tag}: {}
  openid: {members: [alana]}
clients:
  ci.${tag}: {authorized_grant_types: [client_credentials], secret_from: file:ci.secret}
`,
    );
    expect(run.lines).toEqual([
      `done         + group team.${tag}`,
      'failed       + group openid: member alana',
      `not started  + client ci.${tag}: authorized_grant_types client_credentials; secret from file:ci.secret`,
    ]);
    expect(run.error).toMatchObject({
      kind: 'conflict',
      message:
        'Stopped after 1 of 3 changes: All users belong to the group openid by default, so members cannot be added to it',
      hint:
        'remove the members of openid from the file\n' +
        'fix the problem, then run the same command again to apply the rest',
    });
  });
});

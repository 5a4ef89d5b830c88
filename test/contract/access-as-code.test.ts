import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { createClients, type Clients } from '../../src/api/uaa/clients.js';
import { createDirectory, type Directory } from '../../src/api/uaa/directory.js';
import { createGroups, type Groups } from '../../src/api/uaa/groups.js';
import { createMappings, type Mappings } from '../../src/api/uaa/mappings.js';
import { createMembers, type Members } from '../../src/api/uaa/members.js';
import { createUsers, type Users } from '../../src/api/uaa/users.js';
import { Secret } from '../../src/base/secret.js';
import { createAccessRunner, type AccessRunner } from '../support/program/access-runner.js';
import { readSettled } from '../support/servers/settled.js';
import { mainServers, unique, type ContractServer } from './servers.js';

/** Avoids an object literal, in which `__proto__` would set the prototype. */
function byName<T>(names: readonly string[], make: (name: string) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)]));
}

describe.each(mainServers)('access as code on %s', (_name, start) => {
  let server: ContractServer;
  let access: AccessRunner;
  let users: Users;
  let groups: Groups;
  let members: Members;
  let mappings: Mappings;
  let clients: Clients;
  let directory: Directory;
  const tags: string[] = [];
  /** Part of every name that the current test creates, and of no other name. */
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
    const isOwn = (name: string) => tags.some((one) => name.includes(one));
    for (const { id, userName } of await directory.listUsers()) {
      if (isOwn(userName)) await users.remove({ id });
    }
    for (const { id, displayName } of await directory.listGroups()) {
      if (isOwn(displayName)) await groups.remove({ id });
    }
    for (const { client_id: id } of await directory.listClients()) {
      if (isOwn(id)) await clients.remove(id);
    }
    access.close();
    await server.stop();
  }, 60_000);

  const env = { ERIN_PASSWORD: 'password-of-erin' };

  /** A file that uses every section and every field. */
  const fullFile = () => `
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
  login.${tag}:
    authorized_grant_types: [password]
    scope: [openid]
    autoapprove: true
    secret_from: empty
`;

  /**
   * The exported entries that this test created. Other test files use the same UAA at the same time,
   * so other entries may change.
   */
  const readState = (
    isOwn = (name: string) => name.includes(tag),
  ): Promise<Record<string, Record<string, unknown>>> => {
    const readOwn = async () => {
      const all = parse(await access.exported()) as Record<string, Record<string, unknown>>;
      return Object.fromEntries(
        Object.entries(all).map(([section, entries]) => [
          section,
          Object.fromEntries(Object.entries(entries).filter(([name]) => isOwn(name))),
        ]),
      );
    };
    return server.respond ? readOwn() : readSettled(readOwn);
  };

  /** The state as an input file. JSON is valid YAML. */
  const readStateFile = async () => JSON.stringify(await readState());

  test('applies every change with one write, and writes nothing the second time', async () => {
    const first = await access.apply(fullFile(), { env });
    expect(first.error).toBeUndefined();
    expect(first.lines).toEqual(['Done: 13 changes (+ 13)']);
    expect(first.writes).toHaveLength(13);
    // Members are added one by one, without replacing the group.
    expect(first.writes.filter((line) => line.startsWith('PUT'))).toEqual([]);
    expect(first.writes.filter((line) => /\/Groups\/[^/]+\/members$/.test(line))).toHaveLength(4);

    const second = await access.apply(fullFile(), { env: {} });
    expect(second).toMatchObject({ error: undefined, writes: [] });
    expect(second.lines).toEqual([expect.stringContaining('No changes: ')]);
    const pruned = await access.apply(fullFile(), { env: {}, prune: true });
    expect(pruned).toMatchObject({ error: undefined, writes: [] });
  }, 30_000);

  test('sets the secrets that the file refers to', async () => {
    await access.apply(fullFile(), { env });
    const token = await server.grants(`ci.${tag}`, 'secret-of-ci').clientCredentials();
    expect(token.scope.split(' ').sort()).toEqual(['pks.clusters.admin.read', 'uaa.resource']);
    const login = { username: `erin.${tag}`, password: new Secret('password-of-erin') };
    expect((await server.grants(`login.${tag}`, '').password(login)).scope).toBe('openid');
  }, 30_000);

  test('updates only fields that differ, and keeps fields that are not in the file', async () => {
    await access.apply(fullFile(), { env });
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
    const { users: ownUsers = {}, clients: apps = {} } = await readState();
    expect(ownUsers[`erin.${tag}`]).toEqual({
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
    // The secret has not changed.
    await server.grants(`ci.${tag}`, 'secret-of-ci').clientCredentials();
  }, 30_000);

  describe('entries added outside the file', () => {
    const outsider = () => `stranger.${tag}`;
    const externalName = () => `cn=strangers ${tag},dc=example,dc=com`;

    beforeEach(async () => {
      await access.apply(fullFile(), { env });
      const added = await users.add({
        userName: outsider(),
        emails: ['s@example.com'],
        phoneNumbers: [],
        origin: 'saml',
      });
      const guests = await groups.add({ displayName: `guests.${tag}` });
      const { id } = await groups.identify(`team.${tag}`);
      await members.add(id, added);
      await members.add(id, { id: guests.id, type: 'GROUP' });
      await mappings.map({ group: { id }, externalGroup: externalName(), origin: 'ldap' });
      await clients.update(`ci.${tag}`, {
        authorities: ['pks.clusters.admin.read', 'uaa.resource', 'uaa.admin'],
      });
      await clients.update(`login.${tag}`, { redirect_uri: ['https://stranger.example.com'] });
    }, 30_000);

    test('are kept', async () => {
      const before = await readState();
      expect(await access.apply(fullFile())).toMatchObject({ error: undefined, writes: [] });
      expect(await readState()).toEqual(before);
    }, 30_000);

    test('are removed by --prune if a list in the file does not contain them', async () => {
      const before = await readState();
      const planned = await access.plan(fullFile(), { prune: true });
      expect(planned.lines.slice(2, -2)).toEqual([
        `~ client ci.${tag}: authorities -uaa.admin`,
        `- group team.${tag}: member group guests.${tag}`,
        `- group team.${tag}: member ${outsider()} (saml)`,
        `- group team.${tag}: external ${externalName()} (ldap)`,
      ]);
      expect(planned.writes).toEqual([]);
      expect(await readState()).toEqual(before);

      const done = await access.apply(fullFile(), { prune: true });
      expect(done.error).toBeUndefined();
      expect(done.lines).toEqual(['Done: 4 changes (~ 1, - 3)']);
      const after = await readState();
      expect(after['groups']?.[`team.${tag}`]).toEqual({
        description: 'A team',
        members: [{ group: `core.${tag}` }, `erin.${tag}`, { user: `zoe.${tag}`, origin: 'ldap' }],
        external: [{ origin: 'ldap', name: `cn=team ${tag},ou=groups,dc=example,dc=com` }],
      });
      // Nothing else is removed.
      expect(after['users']).toEqual(before['users']);
      expect(after['groups']).toHaveProperty([`guests.${tag}`]);
      expect(after['clients']?.[`login.${tag}`]).toEqual(before['clients']?.[`login.${tag}`]);
      expect(await access.apply(fullFile(), { prune: true })).toMatchObject({ writes: [] });
    }, 30_000);

    test('are kept by --prune if the file does not contain the list', async () => {
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

  describe('memberships that come from an identity provider', () => {
    const name = () => `team.${tag}`;
    const externalGroup = () => `cn=${tag},dc=example,dc=com`;
    const file = (listed: readonly string[]) =>
      JSON.stringify({ groups: { [name()]: { members: listed } } });
    let groupId: string;
    let erinId: string;

    /** Creates a group with the user `erin`. The membership has the origin of the user. */
    beforeEach(async () => {
      groupId = (await groups.add({ displayName: name() })).id;
      const erin = { userName: `erin.${tag}`, emails: ['e@example.com'], phoneNumbers: [] };
      erinId = (await users.add({ ...erin, origin: 'saml' })).id;
      await server.raw(`/Groups/${groupId}/members`, {
        bearer: await server.adminToken(),
        json: { origin: 'saml', type: 'USER', value: erinId },
      });
    });

    const mapGroup = () =>
      mappings.map({ group: { id: groupId }, externalGroup: externalGroup(), origin: 'saml' });
    const readOrigin = async () => (await members.get(groupId, erinId)).origin;

    test('belong to the mapping of the group, if there is one', async () => {
      await mapGroup();
      for (const listed of [[], [`erin.${tag}`]]) {
        const done = await access.apply(file(listed), { prune: true });
        expect(done).toMatchObject({ error: undefined, writes: [], warnings: [] });
      }
      expect(await readOrigin()).toBe('saml');
      expect((await readState())['groups']?.[name()]).toMatchObject({ members: [] });
      const { warnings } = await access.export();
      expect(warnings.filter((text) => text.includes(tag))).toEqual([]);
    }, 30_000);

    test('are repaired once without a mapping, if the file lists them', async () => {
      const planned = await access.plan(file([`erin.${tag}`]));
      expect(planned.lines.slice(2, -2)).toEqual([
        `~ group ${name()}: member erin.${tag} (saml): membership origin saml -> uaa`,
      ]);
      expect(planned.writes).toEqual([]);
      const first = await access.apply(file([`erin.${tag}`]));
      expect(first.writes).toEqual([
        `DELETE /Groups/${groupId}/members/${erinId}`,
        `POST /Groups/${groupId}/members`,
      ]);
      expect(await readOrigin()).toBe('uaa');
      const second = await access.apply(file([`erin.${tag}`]), { prune: true });
      expect(second).toMatchObject({ error: undefined, writes: [] });
    }, 30_000);

    test('are added by the next run if a repair was interrupted', async () => {
      const cut = await access.apply(file([`erin.${tag}`]), { cutAfterWrites: 1 });
      expect(cut.error).toBeDefined();
      await expect(readOrigin()).rejects.toMatchObject({ oauthError: 'member_not_found' });
      expect(await access.apply(file([`erin.${tag}`]))).toMatchObject({ error: undefined });
      expect(await readOrigin()).toBe('uaa');
    }, 30_000);

    test('are neither exported nor pruned without a mapping, and export reports them', async () => {
      const pruned = await access.apply(file([]), { prune: true });
      expect(pruned).toMatchObject({ error: undefined, writes: [] });
      expect(await readOrigin()).toBe('saml');
      const { lines, warnings } = await access.export();
      const exported = parse(lines.join('\n')) as { groups: Record<string, unknown> };
      expect(exported.groups[name()]).toMatchObject({ members: [] });
      expect(warnings).toContain(
        `Not exported: the membership of erin.${tag} in ${name()}, because its origin saml has no mapping ` +
          `to this group; the next login may delete the membership; to keep it: ` +
          `tpks uaa member add ${name()} erin.${tag} --origin saml`,
      );
    }, 30_000);
  });

  test('names members that no longer exist, and continues without them', async () => {
    const bearer = await server.adminToken();
    const origin = `idp.${tag}`;
    const url = `https://${tag}.example.com`;
    const config = {
      ...{ issuer: url, authUrl: url, tokenUrl: url, tokenKeyUrl: url, showLinkText: false },
      ...{ relyingPartyId: 'x', relyingPartySecret: 'x' },
    };
    const json = { type: 'oidc1.0', name: origin, originKey: origin, config };
    const provider = await server.raw('/identity-providers?rawConfig=true', { bearer, json });
    const { id: groupId } = await groups.add({ displayName: `team.${tag}` });
    const erin = { userName: `erin.${tag}`, emails: ['e@example.com'], phoneNumbers: [], origin };
    const { id } = await users.add(erin);
    await members.add(groupId, { id });
    const { id: providerId } = provider.json() as { id: string };
    await server.raw(`/identity-providers/${providerId}`, { method: 'DELETE', bearer });

    const warning =
      `Group team.${tag} has 1 member that no longer exists; remove it: ` +
      `tpks uaa member delete team.${tag} --id ${id}`;
    const file = JSON.stringify({ groups: { [`team.${tag}`]: { members: [] } } });
    expect(await access.plan(file)).toMatchObject({ error: undefined, warnings: [] });
    const pruned = await access.apply(file, { prune: true });
    expect(pruned).toMatchObject({ error: undefined, writes: [], warnings: [warning] });
    const exported = await access.export();
    expect(exported.error).toBeUndefined();
    expect(exported.warnings).toContain(warning);
  }, 30_000);

  test('empties a list if it is empty in the file', async () => {
    await access.apply(fullFile(), { env });
    const file = `
groups: {team.${tag}: {members: [], external: []}}
clients:
  ci.${tag}: {authorities: []}
  web.${tag}: {scope: [openid], autoapprove: false, required_user_groups: []}
  login.${tag}: {autoapprove: []}
`;
    expect(await access.apply(file, { prune: true })).toMatchObject({ error: undefined });
    expect(await access.apply(file, { prune: true })).toMatchObject({
      error: undefined,
      writes: [],
    });
    const { groups: teams = {}, clients: apps = {} } = await readState();
    expect(teams[`team.${tag}`]).toMatchObject({ members: [], external: [] });
    expect(apps[`ci.${tag}`]).toMatchObject({ authorities: ['uaa.none'] });
    expect(apps[`web.${tag}`]).not.toHaveProperty('autoapprove');
    expect(apps[`web.${tag}`]).not.toHaveProperty('required_user_groups');
    expect(apps[`login.${tag}`]).not.toHaveProperty('autoapprove');
  }, 30_000);

  test('accepts names of built-in object properties, such as __proto__', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const file = JSON.stringify({
      groups: byName([...names, `team.${tag}`], (name) =>
        names.includes(name)
          ? { members: [name, { group: `team.${tag}` }], external: [{ origin: 'ldap', name }] }
          : { members: names },
      ),
      users: byName(names, (name) => ({
        emails: ['x@example.com'],
        given_name: name,
        password_from: 'env:ERIN_PASSWORD',
      })),
      clients: byName(names, (name) => ({
        name,
        authorized_grant_types: ['client_credentials'],
        secret_from: 'file:ci.secret',
      })),
    });
    try {
      expect((await access.plan(file, { env })).error).toBeUndefined();
      const first = await access.apply(file, { env });
      expect(first).toMatchObject({ error: undefined, lines: ['Done: 22 changes (+ 22)'] });
      const second = await access.apply(file, { prune: true });
      expect(second).toMatchObject({ error: undefined, writes: [] });
      const ownState = await readState((name) => names.includes(name) || name.includes(tag));
      expect(Object.values(ownState).flatMap((entries) => Object.keys(entries))).toHaveLength(10);
      expect(await access.plan(JSON.stringify(ownState), { prune: true })).toMatchObject({
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

  test('reports an unknown user with its line number, and writes nothing', async () => {
    const run = await access.apply(
      fullFile().replace('members: [erin', `members: [unknown-user.${tag}, erin`),
      { env },
    );
    expect(run.writes).toEqual([]);
    expect(run.error).toMatchObject({
      kind: 'usage',
      hint: `line 5: group team.${tag}: user unknown-user.${tag} not found in the UAA or in this file`,
    });
    expect(await readState()).toEqual({ users: {}, groups: {}, clients: {} });
  });

  test('reports all errors together before the first write', async () => {
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

  test('apply fails before the first write if a secret is missing; plan only warns', async () => {
    const run = await access.apply(fullFile(), { env: {} });
    expect(run.writes).toEqual([]);
    expect(run.error).toMatchObject({
      kind: 'usage',
      hint: 'line 15: ERIN_PASSWORD is not set\nline 18: ERIN_PASSWORD is not set',
    });
    const plan = await access.plan(fullFile(), { env: {} });
    expect(plan.error).toBeUndefined();
    expect(plan.warnings).toEqual([
      expect.stringMatching(
        /access\.yml, line 15: ERIN_PASSWORD is not set, but tpks uaa apply requires it$/,
      ),
      expect.stringContaining('line 18: '),
    ]);
  });

  test('exports a file that causes no changes, and exports the same file again', async () => {
    await access.apply(fullFile(), { env });
    const file = await readStateFile();
    expect(file).not.toContain('secret');
    expect(await access.plan(file)).toMatchObject({ json: { changes: [] }, error: undefined });
    expect(await access.plan(file, { prune: true })).toMatchObject({ json: { changes: [] } });
    expect(await readStateFile()).toBe(file);
  }, 30_000);

  test('reaches the same state when run again after an interruption at any write', async () => {
    const smallFile = () => `
groups:
  team.${tag}: {members: [erin.${tag}], external: [{origin: ldap, name: "cn=${tag}"}]}
users:
  erin.${tag}: {emails: [e@example.com], password_from: env:ERIN_PASSWORD}
clients:
  ci.${tag}: {authorized_grant_types: [client_credentials], secret_from: file:ci.secret}
`;
    const whole = await access.apply(smallFile(), { env });
    const ends = [tag];
    for (const cut of whole.writes.keys()) {
      tag = unique('x').slice(2);
      tags.push(tag);
      ends.push(tag);
      const first = await access.apply(smallFile(), { env, cutAfterWrites: cut });
      expect(first.error).toMatchObject({ message: 'cut' });
      expect(first.writes).toHaveLength(cut);
      const second = await access.apply(smallFile(), { env });
      expect(second.error).toBeUndefined();
      expect(second.writes).toHaveLength(whole.writes.length - cut);
    }
    const all = await readState((name) => ends.some((end) => name.includes(end)));
    const readEnd = (end: string): string => {
      const sections = Object.values(all).map((entries) =>
        Object.entries(entries).filter(([name]) => name.includes(end)),
      );
      expect(sections.map((entries) => entries.length).sort()).toEqual([1, 1, 1]);
      return JSON.stringify(sections).replaceAll(end, '');
    };
    for (const end of ends) expect(readEnd(end)).toBe(readEnd(ends[0] ?? ''));
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

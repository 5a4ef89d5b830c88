import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createGroups, type Group, type Groups } from '../../src/api/uaa/groups.js';
import { createMembers, type Members } from '../../src/api/uaa/members.js';
import { createUsers, type User, type Users } from '../../src/api/uaa/users.js';
import { Secret } from '../../src/base/secret.js';
import { mainServers, unique, type ContractServer } from './servers.js';

describe.each(mainServers)('members on %s', (_name, start) => {
  let server: ContractServer;
  let admin: string;
  let users: Users;
  let groups: Groups;
  let members: Members;
  const createdUsers: string[] = [];
  const createdGroups: string[] = [];

  beforeAll(async () => {
    server = await start();
    admin = await server.adminToken();
    const send = server.signed(admin);
    users = createUsers(send, server.uaa);
    groups = createGroups(send, server.uaa);
    members = createMembers(send, server.uaa);
  }, 60_000);
  afterEach(async () => {
    for (const id of createdUsers.splice(0)) await users.remove({ id });
    for (const id of createdGroups.splice(0)) {
      await server.raw(`/Groups/${id}`, { method: 'DELETE', bearer: admin });
    }
  });
  afterAll(() => server.stop());

  const createUser = async (origin?: string): Promise<User> => {
    const created = await users.add({
      userName: unique('member'),
      password: origin === undefined ? new Secret('a-password') : undefined,
      emails: ['member@example.com'],
      phoneNumbers: [],
      origin,
    });
    createdUsers.push(created.id);
    return created;
  };
  const createGroup = async (): Promise<Group> => {
    const created = await groups.add({ displayName: unique('team') });
    createdGroups.push(created.id);
    return created;
  };
  const addRaw = ({ id }: Group, json: Readonly<Record<string, unknown>>) =>
    server.raw(`/Groups/${id}/members`, { bearer: admin, json });
  const idsIn = async ({ displayName }: Group) =>
    ((await groups.get(displayName)).members ?? []).map(({ value }) => value);

  test('adds a user, and the group lists the member', async () => {
    const [team, erin] = [await createGroup(), await createUser()];
    expect(await members.add(team.id, erin)).toEqual({
      origin: 'uaa',
      type: 'USER',
      value: erin.id,
    });
    expect((await groups.get(team.displayName)).members).toEqual([
      { origin: 'uaa', type: 'USER', value: erin.id },
    ]);
    const { groups: memberOf } = await users.get({ id: erin.id });
    expect(memberOf).toContainEqual({ value: team.id, display: team.displayName, type: 'DIRECT' });
  });

  test('stores the origin uaa for users of every identity provider', async () => {
    const [team, erin] = [await createGroup(), await createUser('ldap')];
    expect(await members.add(team.id, erin)).toMatchObject({ origin: 'uaa' });
    expect((await groups.get(team.displayName)).members).toMatchObject([{ origin: 'uaa' }]);
  });

  test('repairs a membership that has the origin of the user', async () => {
    const [team, erin] = [await createGroup(), await createUser('ldap')];
    await addRaw(team, { origin: 'ldap', type: 'USER', value: erin.id });
    expect(await members.get(team.id, erin.id)).toMatchObject({ type: 'USER', origin: 'ldap' });
    await members.repair(team.id, { id: erin.id, name: erin.userName });
    expect(await members.get(team.id, erin.id)).toMatchObject({ type: 'USER', origin: 'uaa' });
  });

  describe('after an identity provider was deleted', () => {
    /** Creates two groups, a user of the UAA, and a user of an identity provider that can be removed. */
    const prepareProvider = async () => {
      const origin = unique('idp');
      const team = await createGroup();
      const core = await createGroup();
      const [cody, erin] = [await createUser(), await createUser(origin)];
      createdUsers.splice(createdUsers.indexOf(erin.id), 1);
      const config = {
        ...{
          issuer: `https://${origin}.example.com`,
          relyingPartyId: 'x',
          relyingPartySecret: 'x',
        },
        ...{ authUrl: 'https://a.example.com', tokenUrl: 'https://a.example.com' },
        ...{ tokenKeyUrl: 'https://a.example.com', showLinkText: false },
      };
      const json = { type: 'oidc1.0', name: origin, originKey: origin, config };
      const added = await server.raw('/identity-providers?rawConfig=true', { bearer: admin, json });
      const { id } = added.json() as { id: string };
      const remove = () =>
        server.raw(`/identity-providers/${id}`, { method: 'DELETE', bearer: admin });
      return { origin, team, core, cody, erin, remove };
    };

    test('lists the other members with their names, and can remove the missing one', async () => {
      const { team, core, cody, erin, remove } = await prepareProvider();
      for (const { id } of [cody, erin]) await members.add(team.id, { id });
      await members.add(team.id, { id: core.id, type: 'GROUP' });
      await remove();

      const path = `/Groups/${team.id}/members?returnEntities=true`;
      const response = await server.raw(path, { bearer: admin });
      expect(response.status).toBe(404);
      expect(response.json()).toMatchObject({
        error: 'scim_resource_not_found',
        message: `User ${erin.id} does not exist`,
      });
      const listed = await members.list(team.id);
      const nameOf = ({ entity }: (typeof listed)[number]) =>
        entity?.userName ?? entity?.displayName;
      expect(listed.map((one) => [one.value, nameOf(one)]).sort()).toEqual(
        [
          [cody.id, cody.userName],
          [erin.id, undefined],
          [core.id, core.displayName],
        ].sort(),
      );

      await members.remove(team.id, erin.id);
      expect((await server.raw(path, { bearer: admin })).status).toBe(200);
    });

    test('removes only the memberships that have the origin of the provider', async () => {
      const { origin, team, core, cody, erin, remove } = await prepareProvider();
      await addRaw(team, { origin, type: 'USER', value: erin.id });
      await addRaw(team, { origin, type: 'USER', value: cody.id });
      await addRaw(core, { origin: 'uaa', type: 'USER', value: erin.id });
      await remove();
      expect(await idsIn(team)).toEqual([]);
      expect(await idsIn(core)).toEqual([erin.id]);
    });
  });

  test('does not list the members of an unknown group', async () => {
    await expect(members.list('no-such-id')).rejects.toMatchObject({
      kind: 'notFound',
      message: 'Group no-such-id does not exist',
    });
  });

  test('reports an existing member as a conflict', async () => {
    const [team, erin] = [await createGroup(), await createUser()];
    await members.add(team.id, erin);
    await expect(members.add(team.id, erin)).rejects.toMatchObject({
      kind: 'conflict',
      status: 409,
      oauthError: 'member_already_exists',
      message: `${erin.id} is already part of the group: ${team.id}`,
    });
  });

  test('cannot add members to a default group', async () => {
    const erin = await createUser();
    const { id } = await groups.identify('openid');
    await expect(members.add(id, erin)).rejects.toMatchObject({
      kind: 'conflict',
      oauthError: 'member_already_exists',
      message: 'Trying to add member to default group',
    });
  });

  test('removes a member, and fails the second time', async () => {
    const [team, erin] = [await createGroup(), await createUser()];
    await members.add(team.id, erin);
    expect(await members.remove(team.id, erin.id)).toMatchObject({ value: erin.id });
    expect(await idsIn(team)).toEqual([]);
    await expect(members.remove(team.id, erin.id)).rejects.toMatchObject({
      kind: 'notFound',
      status: 404,
      oauthError: 'member_not_found',
      message: `Member ${erin.id} does not exist in group ${team.id}`,
    });
  });

  test('an unknown user is not found', async () => {
    const team = await createGroup();
    await expect(members.add(team.id, { id: 'no-such-id' })).rejects.toMatchObject({
      kind: 'notFound',
      oauthError: 'scim_resource_not_found',
      message: 'User no-such-id does not exist',
    });
  });

  test('an unknown group is not found', async () => {
    const erin = await createUser();
    await expect(members.add('no-such-id', erin)).rejects.toMatchObject({
      kind: 'notFound',
      oauthError: 'scim_resource_not_found',
      message: 'Group no-such-id does not exist',
    });
  });

  test('adds and removes twenty users at the same time', async () => {
    const team = await createGroup();
    const newUsers = await Promise.all(Array.from({ length: 20 }, () => createUser()));
    await Promise.all(newUsers.map((one) => members.add(team.id, one)));
    expect((await idsIn(team)).sort()).toEqual(newUsers.map(({ id }) => id).sort());
    await Promise.all(newUsers.map(({ id }) => members.remove(team.id, id)));
    expect(await idsIn(team)).toEqual([]);
  }, 60_000);

  test('a deleted user is no longer a member', async () => {
    const [team, erin] = [await createGroup(), await createUser()];
    await members.add(team.id, erin);
    await users.remove({ id: erin.id });
    createdUsers.splice(0);
    expect(await idsIn(team)).toEqual([]);
  });

  test('a refresh token is rejected after the user has left a group that is among its scopes', async () => {
    const erin = await createUser();
    const { id } = await groups.identify('pks.clusters.manage');
    await members.add(id, erin);
    const pksCli = server.grants('pks_cli', '');
    const { refreshToken = '' } = await pksCli.password({
      username: erin.userName,
      password: new Secret('a-password'),
    });
    await members.remove(id, erin.id);
    await expect(pksCli.refresh(new Secret(refreshToken))).rejects.toMatchObject({
      kind: 'unauthenticated',
      oauthError: 'invalid_token',
      message: 'Some required "granted_scopes" are missing: [pks.clusters.manage]',
    });
  });

  describe('a nested group', () => {
    /** A group in another one, and a user. */
    const prepare = async () => {
      const [outer, inner, erin] = [await createGroup(), await createGroup(), await createUser()];
      await members.add(outer.id, { id: inner.id, type: 'GROUP' });
      return { outer, inner, erin };
    };

    test('stays in its group when other members are added and removed', async () => {
      const { outer, inner, erin } = await prepare();
      await members.add(outer.id, erin);
      await members.remove(outer.id, erin.id);
      expect((await groups.get(outer.displayName)).members).toEqual([
        { origin: 'uaa', type: 'GROUP', value: inner.id },
      ]);
    });

    test('is listed by its name together with users', async () => {
      const { outer, inner, erin } = await prepare();
      await members.add(outer.id, erin);
      const listed = await members.list(outer.id);
      expect(listed).toHaveLength(2);
      expect(listed).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            type: 'GROUP',
            value: inner.id,
            entity: expect.objectContaining({ displayName: inner.displayName }),
          }),
          expect.objectContaining({
            type: 'USER',
            value: erin.id,
            origin: 'uaa',
            entity: expect.objectContaining({ userName: erin.userName }),
          }),
        ]),
      );
    });

    test('makes its members indirect members of the outer group', async () => {
      const { outer, inner, erin } = await prepare();
      await members.add(inner.id, erin);
      const { groups: memberOf } = await users.get({ id: erin.id });
      expect(memberOf).toContainEqual({
        value: outer.id,
        display: outer.displayName,
        type: 'INDIRECT',
      });
    });

    test('is removed from the outer group when it is deleted, and its members are kept', async () => {
      const { outer, inner, erin } = await prepare();
      await members.add(inner.id, erin);
      expect(await groups.remove({ name: inner.displayName.toUpperCase() })).toMatchObject({
        id: inner.id,
      });
      expect((await groups.get(outer.displayName)).members).toEqual([]);
      expect((await users.get({ id: erin.id })).userName).toBe(erin.userName);
      await expect(groups.remove({ id: inner.id })).rejects.toMatchObject({
        kind: 'notFound',
        hint: 'tpks uaa groups',
      });
    });
  });

  test('requires the scope scim.write', async () => {
    const team = await createGroup();
    const { accessToken } = await server
      .grants('pks_cli', '')
      .password({ username: 'alana', password: new Secret('alana-password') });
    const asAlana = createMembers(server.signed(accessToken), server.uaa);
    await expect(asAlana.add(team.id, { id: 'any' })).rejects.toMatchObject({
      kind: 'forbidden',
      message: 'Your token lacks the required scope scim.write',
    });
  });
});

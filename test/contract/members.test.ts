import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/secret.js';
import { createGroups, type Group, type Groups } from '../../src/uaa/groups.js';
import { createMembers, type Members } from '../../src/uaa/members.js';
import { createUsers, type User, type Users } from '../../src/uaa/users.js';
import { servers, unique, type ContractServer } from './servers.js';

describe.each(servers)('members, %s', (_name, start) => {
  let server: ContractServer;
  let admin: string;
  let users: Users;
  let groups: Groups;
  let members: Members;
  const madeUsers: string[] = [];
  const madeGroups: string[] = [];

  beforeAll(async () => {
    server = await start();
    admin = await server.adminToken();
    const send = server.signed(admin);
    users = createUsers(send, server.uaa);
    groups = createGroups(send, server.uaa);
    members = createMembers(send, server.uaa);
  }, 60_000);
  afterEach(async () => {
    for (const id of madeUsers.splice(0)) await users.remove({ id });
    for (const id of madeGroups.splice(0)) {
      await server.raw(`/Groups/${id}`, { method: 'DELETE', bearer: admin });
    }
  });
  afterAll(() => server.stop());

  const user = async (origin?: string): Promise<User> => {
    const made = await users.add({
      userName: unique('member'),
      password: origin === undefined ? new Secret('a-password') : undefined,
      emails: ['member@example.com'],
      phoneNumbers: [],
      origin,
    });
    madeUsers.push(made.id);
    return made;
  };
  const group = async (): Promise<Group> => {
    const made = await groups.add({ displayName: unique('team') });
    madeGroups.push(made.id);
    return made;
  };
  const idsIn = async ({ displayName }: Group) =>
    ((await groups.get(displayName)).members ?? []).map(({ value }) => value);

  test('a user is added, and the group knows it', async () => {
    const [team, erin] = [await group(), await user()];
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

  test('the origin of the user stays with the membership', async () => {
    const [team, erin] = [await group(), await user('ldap')];
    expect(await members.add(team.id, erin)).toMatchObject({ origin: 'ldap' });
    expect((await groups.get(team.displayName)).members).toMatchObject([{ origin: 'ldap' }]);
  });

  test('the wire says 201 at first and 409 from then on', async () => {
    const [team, erin] = [await group(), await user()];
    const post = () =>
      server.raw(`/Groups/${team.id}/members`, {
        bearer: admin,
        json: { origin: 'uaa', type: 'USER', value: erin.id },
      });
    expect((await post()).status).toBe(201);
    const { status, json } = await post();
    expect(status).toBe(409);
    expect(json()).toEqual({
      error: 'member_already_exists',
      message: `${erin.id} is already part of the group: ${team.id}`,
      error_description: `${erin.id} is already part of the group: ${team.id}`,
    });
  });

  test('to be a member already is a conflict of its own name', async () => {
    const [team, erin] = [await group(), await user()];
    await members.add(team.id, erin);
    await expect(members.add(team.id, erin)).rejects.toMatchObject({
      kind: 'conflict',
      oauthError: 'member_already_exists',
    });
  });

  test('a group that everybody is in takes nobody', async () => {
    const erin = await user();
    const { id } = await groups.identify('openid');
    await expect(members.add(id, erin)).rejects.toMatchObject({
      kind: 'conflict',
      oauthError: 'member_already_exists',
      message: 'Trying to add member to default group',
    });
  });

  test('a member is taken out, once', async () => {
    const [team, erin] = [await group(), await user()];
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
    const team = await group();
    await expect(members.add(team.id, { id: 'no-such-id', origin: 'uaa' })).rejects.toMatchObject({
      kind: 'notFound',
      oauthError: 'scim_resource_not_found',
      message: 'User no-such-id does not exist',
    });
  });

  test('an unknown group is not found', async () => {
    const erin = await user();
    await expect(members.add('no-such-id', erin)).rejects.toMatchObject({
      kind: 'notFound',
      oauthError: 'scim_resource_not_found',
      message: 'Group no-such-id does not exist',
    });
  });

  test('twenty users who are added at the same time are all in, and out again', async () => {
    const team = await group();
    const many = await Promise.all(Array.from({ length: 20 }, () => user()));
    await Promise.all(many.map((one) => members.add(team.id, one)));
    expect((await idsIn(team)).sort()).toEqual(many.map(({ id }) => id).sort());
    await Promise.all(many.map(({ id }) => members.remove(team.id, id)));
    expect(await idsIn(team)).toEqual([]);
  }, 60_000);

  test('a deleted user is no member any more', async () => {
    const [team, erin] = [await group(), await user()];
    await members.add(team.id, erin);
    await users.remove({ id: erin.id });
    madeUsers.splice(0);
    expect(await idsIn(team)).toEqual([]);
  });

  test('a membership is a scope of the next token', async () => {
    const erin = await user();
    const { id } = await groups.identify('pks.clusters.manage');
    const login = () =>
      server
        .grants('pks_cli', '')
        .password({ username: erin.userName, password: new Secret('a-password') });
    expect((await login()).scope).toBe('openid');
    await members.add(id, erin);
    expect((await login()).scope.split(' ').sort()).toEqual(['openid', 'pks.clusters.manage']);
  });

  test('a refresh token that holds a scope dies with the membership', async () => {
    const erin = await user();
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

  test('without the scope nobody is added', async () => {
    const team = await group();
    const { accessToken } = await server
      .grants('pks_cli', '')
      .password({ username: 'alana', password: new Secret('alana-password') });
    const asAlana = createMembers(server.signed(accessToken), server.uaa);
    await expect(asAlana.add(team.id, { id: 'any', origin: 'uaa' })).rejects.toMatchObject({
      kind: 'forbidden',
      message: 'Your token lacks the required scope scim.write',
    });
  });
});

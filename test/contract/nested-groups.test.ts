import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/secret.js';
import { createGroups, type Groups } from '../../src/uaa/groups.js';
import { createMembers, type Members } from '../../src/uaa/members.js';
import { createUsers, type User, type Users } from '../../src/uaa/users.js';
import { servers, unique, type ContractServer } from './servers.js';

describe.each(servers)('a nested group on %s', (_name, start) => {
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
  afterAll(async () => {
    for (const id of createdUsers) await users.remove({ id });
    for (const id of createdGroups) await groups.remove({ id });
    await server.stop();
  });

  const createUser = async (): Promise<User> => {
    const created = await users.add({
      userName: unique('member'),
      password: new Secret('a-password'),
      emails: ['member@example.com'],
      phoneNumbers: [],
    });
    createdUsers.push(created.id);
    return created;
  };
  const createGroup = async () => {
    const created = await groups.add({ displayName: unique('team') });
    createdGroups.push(created.id);
    return created;
  };
  const nest = async (outer: string, inner: string) => {
    const { status } = await server.raw(`/Groups/${outer}/members`, {
      bearer: admin,
      json: { value: inner, type: 'GROUP', origin: 'uaa' },
    });
    expect(status).toBe(201);
  };

  test('stays in its group when other members are added and removed', async () => {
    const [outer, inner, erin] = [await createGroup(), await createGroup(), await createUser()];
    await nest(outer.id, inner.id);
    await members.add(outer.id, erin);
    await members.remove(outer.id, erin.id);
    expect((await groups.get(outer.displayName)).members).toEqual([
      { origin: 'uaa', type: 'GROUP', value: inner.id },
    ]);
  });

  test('is listed by its name together with users', async () => {
    const [outer, inner, erin] = [await createGroup(), await createGroup(), await createUser()];
    await nest(outer.id, inner.id);
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
    const [outer, inner, erin] = [await createGroup(), await createGroup(), await createUser()];
    await nest(outer.id, inner.id);
    await members.add(inner.id, erin);
    const { groups: memberOf } = await users.get({ id: erin.id });
    expect(memberOf).toContainEqual({
      value: outer.id,
      display: outer.displayName,
      type: 'INDIRECT',
    });
  });

  test('is removed from the outer group when it is deleted, and its members are kept', async () => {
    const [outer, inner, erin] = [await createGroup(), await createGroup(), await createUser()];
    await nest(outer.id, inner.id);
    await members.add(inner.id, erin);
    expect(await groups.remove({ name: inner.displayName.toUpperCase() })).toMatchObject({
      id: inner.id,
    });
    createdGroups.splice(createdGroups.indexOf(inner.id), 1);
    expect((await groups.get(outer.displayName)).members).toEqual([]);
    expect((await users.get({ id: erin.id })).userName).toBe(erin.userName);
    await expect(groups.remove({ id: inner.id })).rejects.toMatchObject({
      kind: 'notFound',
      hint: 'tpks uaa groups',
    });
  });

  test('listing the members of an unknown group fails with notFound', async () => {
    await expect(members.list('no-such-id')).rejects.toMatchObject({ kind: 'notFound' });
  });
});

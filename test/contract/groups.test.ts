import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createGroups, type Group, type Groups } from '../../src/api/uaa/groups.js';
import { mainServers, unique, type ContractServer } from './servers.js';

describe.each(mainServers)('groups on %s', (_name, start) => {
  let server: ContractServer;
  let admin: string;
  let groups: Groups;
  const created: string[] = [];

  beforeAll(async () => {
    server = await start();
    admin = await server.adminToken();
    groups = createGroups(server.signed(admin), server.uaa);
  }, 60_000);
  afterEach(async () => {
    for (const id of created.splice(0)) {
      await server.raw(`/Groups/${id}`, { method: 'DELETE', bearer: admin });
    }
  });
  afterAll(() => server.stop());

  const add = async (displayName = unique('team'), description?: string): Promise<Group> => {
    const group = await groups.add({ displayName, description });
    created.push(group.id);
    return group;
  };

  test('a new group has no members', async () => {
    const displayName = unique('team.blue');
    expect(await add(displayName, 'Team Blue')).toEqual({
      id: expect.any(String),
      meta: { version: 0, created: expect.any(String), lastModified: expect.any(String) },
      displayName,
      description: 'Team Blue',
      zoneId: 'uaa',
      members: [],
      schemas: ['urn:scim:schemas:core:1.0'],
    });
  });

  test('a name that already exists causes a conflict', async () => {
    const { displayName } = await add();
    await expect(groups.add({ displayName })).rejects.toMatchObject({
      kind: 'conflict',
      status: 409,
      oauthError: 'scim_resource_already_exists',
      message: `A group with displayName: ${displayName} already exists.`,
      hint: `show the group: tpks uaa group get ${displayName}\nadd --if-missing to accept the existing group`,
    });
  });

  test('a group is found by its name, regardless of case', async () => {
    const { id, displayName } = await add();
    expect(await groups.get(displayName)).toMatchObject({ id, displayName, members: [] });
    expect((await groups.get(displayName.toUpperCase())).id).toBe(id);
    expect(await groups.identify(displayName)).toEqual({ id, displayName });
    expect(await groups.getFields(displayName, ['members'])).toEqual({ members: [] });
  });

  test.each([['x" or displayName eq "openid'], ["x' or displayName eq 'openid"], ['open\\']])(
    'a group named %j is not found',
    async (name) => {
      await expect(groups.get(name)).rejects.toMatchObject({
        kind: 'notFound',
        message: `Group ${name} not found`,
        hint: 'tpks uaa groups',
      });
    },
  );

  test('a list can be filtered, sorted and paged', async () => {
    const stem = unique('list');
    for (const tail of ['b', 'a', 'c']) await add(`${stem}.${tail}`);
    const names = async (query: Parameters<Groups['list']>[0]) =>
      (await groups.list({ filter: `displayName sw "${stem}"`, ...query })).map(({ displayName }) =>
        displayName.slice(-1),
      );
    expect(await names({})).toEqual(['b', 'a', 'c']);
    expect(await names({ sortBy: 'displayName' })).toEqual(['a', 'b', 'c']);
    expect(await names({ sortBy: 'displayName', descending: true })).toEqual(['c', 'b', 'a']);
    expect(await names({ sortBy: 'displayName', start: 2, limit: 1 })).toEqual(['b']);
  });

  test('a list can be limited to some fields', async () => {
    const { id, displayName } = await add();
    const filter = `displayName eq "${displayName}"`;
    expect(await groups.select({ filter, attributes: ['id', 'displayName'] })).toEqual([
      { id, displayName },
    ]);
  });
});

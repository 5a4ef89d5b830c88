import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUsers, type User, type Users } from '../../src/api/uaa/users.js';
import { Secret } from '../../src/base/secret.js';
import { mainServers, unique, type ContractServer } from './servers.js';

describe.each(mainServers)('user ids on %s', (_name, start) => {
  let server: ContractServer;
  let token: string;
  let ids: Users;
  let users: Users;
  let erin: User;
  let shadow: User;
  let brian: User;

  beforeAll(async () => {
    server = await start();
    users = createUsers(server.signed(await server.adminToken()), server.uaa);
    const request = { scope: 'scim.userids' };
    token = (await server.grants('admin', 'adminsecret').clientCredentials(request)).accessToken;
    ids = createUsers(server.signed(token), server.uaa);
    const add = (userName: string, origin?: string) =>
      users.add({
        userName,
        password: origin === undefined ? new Secret('a-password') : undefined,
        emails: ['x@example.com'],
        phoneNumbers: [],
        origin,
      });
    erin = await add(unique('erin'));
    shadow = await add(erin.userName, 'ldap');
    brian = await add(unique("o'brian"));
  }, 60_000);
  afterAll(async () => {
    for (const { id } of [erin, shadow, brian]) await users.remove({ id });
    await server.stop();
  });

  const findIds = async (query: Partial<Parameters<Users['findIdentities']>[0]>) =>
    (await ids.findIdentities({ names: [], ids: [], ...query })).map(({ id }) => id).sort();

  test('a name has an id in each origin, even if the identity provider is inactive', async () => {
    const names = [erin.userName.toUpperCase()];
    expect(await findIds({ names })).toEqual([erin.id, shadow.id].sort());
    expect(await findIds({ names, origin: 'ldap' })).toEqual([shadow.id]);
    expect(await ids.findIdentities({ names, ids: [], origin: 'uaa' })).toEqual([
      { id: erin.id, userName: erin.userName, origin: 'uaa' },
    ]);
  });

  test('finds users by names and ids in one request', async () => {
    expect(await findIds({ names: [brian.userName, 'unknown-user'], ids: [erin.id] })).toEqual(
      [brian.id, erin.id].sort(),
    );
  });

  test('finds no user for a name with special characters', async () => {
    const names = ['x" or userName eq "cody', 'cod_', '%', 'cody\\'];
    expect(await findIds({ names })).toEqual([]);
  });

  test('requires scim.userids, even for an administrator', async () => {
    const { accessToken } = await server
      .grants('admin', 'adminsecret')
      .clientCredentials({ scope: 'uaa.admin scim.read' });
    const asAdmin = createUsers(server.signed(accessToken), server.uaa);
    await expect(asAdmin.findIdentities({ names: ['cody'], ids: [] })).rejects.toMatchObject({
      kind: 'forbidden',
      message: 'Your token lacks the required scope scim.userids',
    });
  });

  test('users of an inactive identity provider are returned only with includeInactive', async () => {
    const filter = `userName eq "${erin.userName}"`;
    const total = async (more: Record<string, string>) => {
      const query = new URLSearchParams({ filter, ...more }).toString();
      return (await server.raw(`/ids/Users?${query}`, { bearer: token })).json()['totalResults'];
    };
    expect([await total({}), await total({ includeInactive: 'true' })]).toEqual([1, 2]);
  });
});

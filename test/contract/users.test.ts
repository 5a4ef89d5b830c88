import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createUsers, type User, type Users } from '../../src/api/uaa/users.js';
import { Secret } from '../../src/base/secret.js';
import { mainServers, unique, type ContractServer } from './servers.js';

describe.each(mainServers)('users on %s', (_name, start) => {
  let server: ContractServer;
  let admin: string;
  let users: Users;
  const created: string[] = [];

  beforeAll(async () => {
    server = await start();
    admin = await server.adminToken();
    users = createUsers(server.signed(admin), server.uaa);
  }, 60_000);
  afterEach(async () => {
    for (const id of created.splice(0)) await users.remove({ id }).catch(() => undefined);
  });
  afterAll(() => server.stop());

  const newUser = (userName: string) => ({
    userName,
    password: new Secret('a-password'),
    emails: [`${userName}@example.com`],
    phoneNumbers: [],
  });
  const add = async (change: Partial<Parameters<Users['add']>[0]> = {}): Promise<User> => {
    const user = await users.add({ ...newUser(unique('erin')), ...change });
    created.push(user.id);
    return user;
  };
  const tokenOf = async (username: string) =>
    (
      await server
        .grants('pks_cli', '')
        .password({ username, password: new Secret(`${username}-password`) })
    ).accessToken;

  describe('adding', () => {
    test('returns the user with all fields that the UAA has set', async () => {
      const userName = unique('erin');
      const user = await add({
        userName,
        emails: [`${userName}@example.com`],
        givenName: 'Erin',
        familyName: 'Example',
        phoneNumbers: ['123'],
      });
      expect(user).toMatchObject({
        userName,
        name: { givenName: 'Erin', familyName: 'Example' },
        emails: [{ value: `${userName}@example.com`, primary: false }],
        phoneNumbers: [{ value: '123' }],
        active: true,
        verified: true,
        origin: 'uaa',
        zoneId: 'uaa',
        approvals: [],
        schemas: ['urn:scim:schemas:core:1.0'],
        meta: { version: 0, created: expect.any(String), lastModified: expect.any(String) },
        passwordLastModified: expect.any(String),
      });
      expect(user).not.toHaveProperty('password');
      expect(user).not.toHaveProperty('lastLogonTime');
    });

    test('keeps the case of a name, but compares names regardless of case', async () => {
      const { userName } = await add({ userName: unique('Erin') });
      expect(userName).toMatch(/^Erin-/);
      await expect(users.add(newUser(userName.toUpperCase()))).rejects.toMatchObject({
        kind: 'conflict',
        status: 409,
        oauthError: 'scim_resource_already_exists',
        message: `Username already in use: ${userName}`,
        hint: `update the user: tpks uaa user update ${userName.toUpperCase()}\nadd --if-missing to accept the existing user`,
      });
    });

    test.each([
      ['no email address', { emails: [] }, 'Exactly one email must be provided.'],
      [
        'two email addresses',
        { emails: ['a@b.c', 'd@e.f'] },
        'Exactly one email must be provided.',
      ],
      ['an empty email address', { emails: [''] }, 'An email must be provided.'],
      ['an empty name', { userName: '' }, 'A username must be provided.'],
      [
        'a space in the name',
        { userName: 'er in' },
        "Username must match pattern: [\\p{L}+0-9+\\-_.@'!]+",
      ],
    ])('rejects %s', async (_what, change, message) => {
      await expect(add(change)).rejects.toMatchObject({
        kind: 'failed',
        status: 400,
        oauthError: 'invalid_scim_resource',
        message,
      });
    });
  });

  describe('looking up', () => {
    test('ignores the case of a name', async () => {
      const { id, userName } = await add();
      expect((await users.get({ name: userName.toUpperCase() })).id).toBe(id);
    });

    test('finds a name that contains an apostrophe', async () => {
      const userName = unique("o'brien");
      const { id } = await add({ userName, emails: ['o@example.com'] });
      expect((await users.get({ name: userName })).id).toBe(id);
      expect(await users.identify([userName])).toMatchObject([{ id }]);
    });

    test.each([
      ['x" or userName eq "cody'],
      ["x' or userName eq 'cody"],
      ['x\\" or userName eq \\"cody'],
      ['cody\\'],
      ['cod_'],
      ['%'],
      ['2019-03-14T23:34:23.000Z'],
    ])('finds no user named %j', async (name) => {
      await expect(users.get({ name })).rejects.toMatchObject({
        kind: 'notFound',
        message: `User ${name} not found`,
        hint: 'tpks uaa users',
      });
    });

    test('an unknown id is not found', async () => {
      await expect(users.get({ id: 'no-such-id' })).rejects.toMatchObject({ kind: 'notFound' });
    });

    test('finds several names in one call, in the given order, with an error for each unknown name', async () => {
      const one = await add();
      const two = await add();
      const names = [two.userName, 'unknown-user', one.userName.toUpperCase()];
      const found = await users.identify(names);
      expect(found).toMatchObject([
        { id: two.id, userName: two.userName, origin: 'uaa' },
        { kind: 'notFound', message: 'User unknown-user not found' },
        { id: one.id },
      ]);
    });

    test('finds more names than fit into one request', async () => {
      const { id, userName } = await add();
      const names = [...Array.from({ length: 25 }, (_, index) => `unknown-${index}`), userName];
      const found = await users.identify(names);
      expect(found).toHaveLength(26);
      expect(found.at(-1)).toMatchObject({ id });
      expect(found.slice(0, -1).every((each) => each instanceof Error)).toBe(true);
    });

    test('returns only the requested fields, with the requested names', async () => {
      const { userName } = await add({ familyName: 'Example' });
      expect(await users.getFields({ name: userName }, ['emails.value', 'familyName'])).toEqual({
        'emails.value': [expect.stringContaining('@example.com')],
        familyName: 'Example',
      });
    });
  });

  describe('a name in several origins', () => {
    test('is ambiguous until an origin is given', async () => {
      const here = await add();
      const there = await add({ userName: here.userName, origin: 'ldap', password: undefined });
      const name = here.userName;
      const ambiguous = {
        kind: 'failed',
        message: `User ${name} exists in several origins`,
        hint: 'choose one of:\n  --origin ldap\n  --origin uaa',
      };
      await expect(users.get({ name })).rejects.toMatchObject(ambiguous);
      await expect(users.remove({ name })).rejects.toMatchObject(ambiguous);
      expect(await users.identify([name])).toMatchObject([ambiguous]);

      expect(await users.get({ name, origin: 'ldap' })).toMatchObject({
        id: there.id,
        origin: 'ldap',
      });
      expect(await users.identify([name], 'uaa')).toMatchObject([{ id: here.id }]);
      await users.remove({ name, origin: 'ldap' });
      expect((await users.get({ name })).id).toBe(here.id);
    });
  });

  describe('listing', () => {
    test('can be filtered, sorted in both directions, and paged', async () => {
      const stem = unique('list');
      for (const tail of ['b', 'a', 'c']) {
        await add({ userName: `${stem}-${tail}`, emails: [`${tail}@example.com`] });
      }
      const names = async (query: Parameters<Users['list']>[0]) =>
        (await users.list({ filter: `userName sw "${stem}"`, ...query })).map(({ userName }) =>
          userName.slice(-1),
        );
      expect(await names({})).toEqual(['b', 'a', 'c']);
      expect(await names({ sortBy: 'userName' })).toEqual(['a', 'b', 'c']);
      expect(await names({ sortBy: 'userName', descending: true })).toEqual(['c', 'b', 'a']);
      expect(await names({ sortBy: 'userName', limit: 2 })).toEqual(['a', 'b']);
      expect(await names({ sortBy: 'userName', start: 2 })).toEqual(['b', 'c']);
      expect(await names({ sortBy: 'userName', start: 2, limit: 1 })).toEqual(['b']);
      expect(await names({ start: 4 })).toEqual([]);
    });

    test('returns only the requested fields, with null for missing values', async () => {
      const { userName, id } = await add();
      const found = await users.select({
        filter: `userName eq "${userName}"`,
        attributes: ['id', 'externalId', 'emails.value'],
      });
      expect(found).toEqual([
        { id, externalId: null, 'emails.value': [expect.stringContaining('@')] },
      ]);
    });

    test.each([
      [
        { filter: 'nonsense' },
        'Invalid filter expression: [nonsense] [created]',
        'example filter: userName sw "a" (operators: eq, ',
      ],
      [
        { filter: 'colour eq "red"' },
        'Invalid filter expression: [colour eq "red"] [created]',
        'columns to filter and sort by: userName, ',
      ],
      [
        { sortBy: 'colour' },
        'Invalid filter expression: [id pr] [colour]',
        'columns to filter and sort by: userName, ',
      ],
    ])('rejects %j', async (query, message, hint) => {
      await expect(users.list(query)).rejects.toMatchObject({
        kind: 'failed',
        status: 400,
        oauthError: 'scim',
        message,
        hint: expect.stringContaining(hint),
      });
    });
  });

  describe('deleting', () => {
    test('returns the deleted user, who can then no longer be found', async () => {
      const { id, userName } = await add();
      expect(await users.remove({ name: userName })).toMatchObject({ id, userName });
      await expect(users.get({ name: userName })).rejects.toMatchObject({ kind: 'notFound' });
    });

    test('an unknown id is not found', async () => {
      await expect(users.remove({ id: 'no-such-id' })).rejects.toMatchObject({
        kind: 'notFound',
        status: 404,
        oauthError: 'scim_resource_not_found',
        message: 'User no-such-id does not exist',
      });
    });
  });

  describe('permissions', () => {
    test('reports the missing scope and how to get it', async () => {
      const asAlana = createUsers(server.signed(await tokenOf('alana')), server.uaa);
      await expect(asAlana.get({ name: 'cody' })).rejects.toMatchObject({
        kind: 'forbidden',
        message: 'Your token lacks the required scope scim.read',
        hint: expect.stringContaining('tpks uaa token client get admin'),
      });
      await expect(asAlana.add(newUser(unique('erin')))).rejects.toMatchObject({
        kind: 'forbidden',
        message: 'Your token lacks the required scope scim.write',
      });
    });
  });
});

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

    test('adds the user to the default groups', async () => {
      const groups = (await add())['groups'] as { display: string; type: string }[];
      expect(groups.map(({ display }) => display)).toEqual(
        expect.arrayContaining(['openid', 'uaa.user', 'scim.me']),
      );
      expect(groups.every(({ type }) => type === 'DIRECT')).toBe(true);
    });

    test('lets the user log in immediately, and the UAA stores the time', async () => {
      const { userName, id } = await add();
      const token = await server
        .grants('pks_cli', '')
        .password({ username: userName, password: new Secret('a-password') });
      expect(token.scope).toBe('openid');
      expect((await users.get({ id })).lastLogonTime).toEqual(expect.any(Number));
    });

    test('the UAA responds with 201 and the version as an ETag', async () => {
      const userName = unique('erin');
      const { status, headers, json } = await server.raw('/Users', {
        bearer: admin,
        json: { userName, password: 'x', emails: [{ value: 'a@example.com' }] },
      });
      created.push(String(json()['id']));
      expect(status).toBe(201);
      expect(headers['etag']).toBe('"0"');
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

    test('rejects an empty password', async () => {
      await expect(add({ password: new Secret('') })).rejects.toMatchObject({
        kind: 'failed',
        status: 400,
        oauthError: 'invalid_password',
        message: 'Password must be at least 1 characters in length.',
      });
    });

    test('rejects an unknown field', async () => {
      const { status, json } = await server.raw('/Users', {
        bearer: admin,
        json: { userName: unique('erin'), emails: [{ value: 'a@b.c' }], nonsense: 1 },
      });
      expect(status).toBe(400);
      expect(json()).toMatchObject({ error: 'scim' });
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

    test('finds a user by id', async () => {
      const { id, userName } = await add();
      expect(await users.get({ id })).toMatchObject({ id, userName });
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

    test('accepts filters with several conditions and either kind of quotes', async () => {
      const { userName, id } = await add();
      const one = users.list({
        filter: `(userName eq "unknown-user" or userName eq "${userName}") and origin eq "uaa" and active eq true`,
      });
      expect((await one).map((user) => user.id)).toEqual([id]);
      const two = users.list({ filter: `userName eq '${userName}'` });
      expect((await two).map((user) => user.id)).toEqual([id]);
    });

    test.each([
      ['co', (name: string) => `userName co "${name.slice(2)}"`],
      ['sw', (name: string) => `userName sw "${name.slice(0, -2)}"`],
      ['pr', (name: string) => `userName pr and userName eq "${name}"`],
      ['the email address', (name: string) => `emails.value eq "${name}@example.com"`],
      ['capitals', (name: string) => `USERNAME EQ "${name.toUpperCase()}"`],
    ])('accepts a filter with %s', async (_what, filter) => {
      const userName = unique('erin');
      const { id } = await add({ userName, emails: [`${userName}@example.com`] });
      expect((await users.list({ filter: filter(userName) })).map((user) => user.id)).toEqual([id]);
    });

    test('a page contains its position and the total', async () => {
      const page = (await server.raw('/Users?count=2&startIndex=2', { bearer: admin })).json();
      expect(page).toMatchObject({
        startIndex: 2,
        itemsPerPage: 2,
        totalResults: expect.any(Number),
        schemas: ['urn:scim:schemas:core:1.0'],
      });
      expect(page['resources']).toHaveLength(2);
    });

    test('a page has 100 entries by default and at most 500', async () => {
      const itemsPerPage = async (query: string) =>
        (await server.raw(`/Users${query}`, { bearer: admin })).json()['itemsPerPage'];
      expect(await itemsPerPage('')).toBe(100);
      expect(await itemsPerPage('?count=501')).toBe(500);
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

    test('invalidates the tokens of the user', async () => {
      const { id, userName } = await add();
      const { accessToken } = await server
        .grants('pks_cli', '')
        .password({ username: userName, password: new Secret('a-password') });
      await users.remove({ id });
      const { status } = await server.raw('/userinfo', { bearer: accessToken });
      expect(status).toBe(401);
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
    test('rejects a request without a token', async () => {
      const { status, json, headers } = await server.raw('/Users');
      expect(status).toBe(401);
      expect(json()).toEqual({
        error: 'unauthorized',
        error_description: 'Full authentication is required to access this resource',
      });
      expect(headers['www-authenticate']).toContain('Bearer realm="UAA/oauth"');
    });

    test('rejects an invalid token', async () => {
      const { status, json } = await server.raw('/Users', { bearer: 'nonsense' });
      expect(status).toBe(401);
      expect(json()).toEqual({
        error: 'invalid_token',
        error_description: 'The token expired, was revoked, or the token ID is incorrect.',
      });
    });

    test('rejects a token without the scope', async () => {
      const { status, json } = await server.raw('/Users', { bearer: await tokenOf('alana') });
      expect(status).toBe(403);
      expect(json()).toEqual({
        error: 'insufficient_scope',
        error_description: 'Insufficient scope for this resource',
        scope: 'uaa.admin scim.read zones.uaa.admin',
      });
    });

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

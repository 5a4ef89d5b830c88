import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createUsers, type User, type Users } from '../../src/api/uaa/users.js';
import { Secret } from '../../src/base/secret.js';
import { mainServers, unique, type ContractServer } from './servers.js';

describe.each(mainServers)('changes to users on %s', (_name, start) => {
  let server: ContractServer;
  let admin: string;
  let users: Users;
  const created: string[] = [];

  beforeAll(async () => {
    server = await start();
    admin = await server.adminToken();
    const send = server.signed(admin);
    users = createUsers(send, server.uaa);
  }, 60_000);
  afterEach(async () => {
    for (const id of created.splice(0)) await users.remove({ id });
  });
  afterAll(() => server.stop());

  const add = async (change: Partial<Parameters<Users['add']>[0]> = {}): Promise<User> => {
    const user = await users.add({
      userName: unique('erin'),
      password: new Secret('a-password'),
      emails: ['erin@example.com'],
      phoneNumbers: ['123'],
      givenName: 'Erin',
      familyName: 'Example',
      ...change,
    });
    created.push(user.id);
    return user;
  };
  const login = (username: string, password = 'a-password') =>
    server.grants('pks_cli', '').password({ username, password: new Secret(password) });
  const put = (id: string, json: object, version: number | string) =>
    server.raw(`/Users/${id}`, {
      method: 'PUT',
      bearer: admin,
      headers: { 'if-match': String(version) },
      json,
    });

  describe('an update', () => {
    test('changes the given fields and keeps the others', async () => {
      const before = await add();
      const { user, isChanged } = await users.update(
        { name: before.userName },
        { givenName: 'E.' },
      );
      expect(isChanged).toBe(true);
      expect(user).toEqual({
        ...before,
        groups: expect.any(Array),
        meta: { version: 1, created: expect.any(String), lastModified: expect.any(String) },
        name: { givenName: 'E.', familyName: 'Example' },
      });
      expect(await users.get({ id: before.id })).toMatchObject({
        name: { givenName: 'E.', familyName: 'Example' },
        phoneNumbers: [{ value: '123' }],
        meta: { version: 1 },
      });
    });

    test('keeps fields that tpks never sets', async () => {
      const before = await add();
      const extra = { externalId: 'e-1', verified: false, salt: 's-1' };
      expect((await put(before.id, { ...before, ...extra }, 0)).status).toBe(200);
      const { user } = await users.update({ id: before.id }, { phoneNumbers: ['9'] });
      expect(user).toMatchObject({ ...extra, phoneNumbers: [{ value: '9' }] });
    });

    test('removes fields permanently', async () => {
      const { id, userName } = await add();
      const { user } = await users.update(
        { name: userName },
        { remove: ['givenName', 'phoneNumbers'] },
      );
      expect(user['name']).toEqual({ familyName: 'Example' });
      const after = await users.get({ id });
      expect(after['name']).toEqual({ familyName: 'Example' });
      expect(after).not.toHaveProperty('phoneNumbers');
      const bare = await users.update({ id }, { remove: ['familyName', 'externalId'] });
      expect(bare.user['name']).toEqual({});
    });

    test('does not increase the version if nothing changes', async () => {
      const { id } = await add();
      const { isChanged } = await users.update({ id }, { givenName: 'Erin', active: true });
      expect(isChanged).toBe(false);
      expect(await users.get({ id })).toMatchObject({ meta: { version: 0 } });
    });

    test('requires exactly one email address', async () => {
      const { id } = await add();
      for (const emails of [[], ['a@b.c', 'd@e.f']]) {
        await expect(users.update({ id }, { emails })).rejects.toMatchObject({
          kind: 'failed',
          status: 400,
          oauthError: 'invalid_scim_resource',
          message: 'Exactly one email must be provided.',
        });
      }
    });

    test('fails with notFound for an unknown user', async () => {
      await expect(users.update({ name: 'unknown-user' }, {})).rejects.toMatchObject({
        kind: 'notFound',
      });
    });
  });

  describe('concurrent updates', () => {
    test('apply all changes to different fields', async () => {
      const { id } = await add();
      await Promise.all([
        users.update({ id }, { givenName: 'A' }),
        users.update({ id }, { familyName: 'B' }),
        users.update({ id }, { phoneNumbers: ['7'] }),
        users.update({ id }, { emails: ['z@example.com'] }),
        users.update({ id }, { active: false }),
      ]);
      expect(await users.get({ id })).toMatchObject({
        name: { givenName: 'A', familyName: 'B' },
        phoneNumbers: [{ value: '7' }],
        emails: [{ value: 'z@example.com' }],
        active: false,
        meta: { version: 5 },
      });
    });
  });

  describe('a deactivated user', () => {
    test('cannot log in or use a token until it is activated again', async () => {
      const { id, userName } = await add();
      const { accessToken } = await login(userName);
      await users.update({ name: userName }, { active: false });
      await expect(login(userName)).rejects.toMatchObject({ kind: 'unauthenticated' });
      const me = await server.raw('/userinfo', { bearer: accessToken });
      expect(me.status).toBe(401);
      await users.update({ id }, { active: true });
      expect((await login(userName)).scope).toBe('openid');
    });

    test('keeps its verified state, which a PATCH request would reset', async () => {
      const user = await add();
      expect((await put(user.id, { ...user, verified: false }, 0)).status).toBe(200);
      await users.update({ id: user.id }, { active: false });
      expect(await users.get({ id: user.id })).toMatchObject({ active: false, verified: false });
      const { json } = await server.raw(`/Users/${user.id}`, {
        method: 'PATCH',
        bearer: admin,
        headers: { 'if-match': '2' },
        json: { active: false },
      });
      expect(json()).toMatchObject({ active: false, verified: true });
    });
  });

  describe('unlocking', () => {
    test('allows the user to log in again immediately', async () => {
      const { userName } = await add();
      for (let attempt = 0; attempt < 5; attempt += 1) {
        await expect(login(userName, 'wrong')).rejects.toMatchObject({ status: 401 });
      }
      await expect(login(userName)).rejects.toMatchObject({
        message: expect.stringContaining('locked'),
      });
      expect(await users.unlock({ name: userName })).toEqual({ locked: false });
      expect((await login(userName)).scope).toBe('openid');
    });

    test('works only for users of the internal user store', async () => {
      const { id } = await add({ origin: 'ldap', password: undefined });
      await expect(users.unlock({ id })).rejects.toMatchObject({
        kind: 'failed',
        message: 'Can only manage users from the internal user store.',
      });
    });

    test('fails with notFound for an unknown user', async () => {
      await expect(users.unlock({ id: 'no-such-id' })).rejects.toMatchObject({
        kind: 'notFound',
        message: 'User no-such-id does not exist',
      });
    });
  });
});

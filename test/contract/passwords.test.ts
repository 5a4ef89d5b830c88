import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { withStatusErrors } from '../../src/api/client/api-error.js';
import { readUserinfo } from '../../src/api/uaa/info.js';
import { measurePassword } from '../../src/api/uaa/password-strength.js';
import { createUsers, type User, type Users } from '../../src/api/uaa/users.js';
import { Secret } from '../../src/base/secret.js';
import { servers, unique, type ContractServer } from './servers.js';

describe.each(servers)('passwords on %s', (_name, start) => {
  let server: ContractServer;
  let admin: string;
  let users: Users;
  const created: string[] = [];
  /** A client through which users can change their passwords. */
  const clientId = unique('selfservice');

  beforeAll(async () => {
    server = await start();
    admin = await server.adminToken();
    users = createUsers(server.signed(admin), server.uaa);
    const { status } = await server.raw('/oauth/clients', {
      bearer: admin,
      json: {
        client_id: clientId,
        client_secret: 'a-secret',
        authorized_grant_types: ['password'],
        scope: ['openid', 'password.write'],
        authorities: ['uaa.none'],
      },
    });
    expect(status).toBe(201);
  }, 60_000);
  afterEach(async () => {
    for (const id of created.splice(0)) await users.remove({ id });
  });
  afterAll(async () => {
    await server.raw(`/oauth/clients/${clientId}`, { method: 'DELETE', bearer: admin });
    await server.stop();
  });

  const add = async (origin?: string): Promise<User> => {
    const user = await users.add({
      userName: unique('erin'),
      password: origin === undefined ? new Secret('first') : undefined,
      emails: ['erin@example.com'],
      phoneNumbers: [],
      givenName: 'Erin',
      familyName: 'Example',
      origin,
    });
    created.push(user.id);
    return user;
  };
  const login = async (username: string, password: string): Promise<string> =>
    (
      await server
        .grants(clientId, 'a-secret')
        .password({ username, password: new Secret(password) })
    ).accessToken;
  const accounts = (token: string): Users => createUsers(server.signed(token), server.uaa);
  const changePassword = (token: string, id: string, old: string, next: string) =>
    accounts(token).changePassword(id, { old: new Secret(old), new: new Secret(next) });
  const userinfo = (token: string) => readUserinfo(server.signed(token), server.uaa);

  describe('setting a password', () => {
    test('does not need the old password, and revokes all tokens', async () => {
      const { id, userName } = await add();
      const token = await login(userName, 'first');
      expect(await accounts(admin).setPassword({ name: userName }, new Secret('second'))).toEqual({
        status: 'ok',
        message: 'password updated',
      });
      await expect(userinfo(token)).rejects.toMatchObject({ kind: 'unauthenticated' });
      await expect(login(userName, 'first')).rejects.toMatchObject({ status: 401 });
      expect((await userinfo(await login(userName, 'second'))).user_id).toBe(id);
    });

    test('fails with notFound for an unknown user', async () => {
      await expect(
        accounts(admin).setPassword({ id: 'no-such-id' }, new Secret('x')),
      ).rejects.toMatchObject({
        kind: 'notFound',
        message: 'User with the id no-such-id not found',
      });
    });

    test('requires password.write, which uaa.admin does not include', async () => {
      const { id } = await add();
      const { accessToken } = await server
        .grants('admin', 'adminsecret')
        .clientCredentials({ scope: 'uaa.admin scim.write' });
      await expect(
        accounts(accessToken).setPassword({ id }, new Secret('second')),
      ).rejects.toMatchObject({
        kind: 'forbidden',
        message: 'Your token lacks the required scope password.write',
      });
    });
  });

  describe('changing your own password', () => {
    test('requires the old password, and revokes the token that was used', async () => {
      const { id, userName } = await add();
      const token = await login(userName, 'first');
      expect(await changePassword(token, id, 'first', 'second')).toMatchObject({ status: 'ok' });
      await expect(userinfo(token)).rejects.toMatchObject({ kind: 'unauthenticated' });
      expect(await login(userName, 'second')).toEqual(expect.any(String));
    });

    test('fails without changes if the old password is wrong', async () => {
      const { id, userName } = await add();
      const token = await login(userName, 'first');
      await expect(changePassword(token, id, 'wrong', 'second')).rejects.toMatchObject({
        kind: 'failed',
        status: 401,
        message: 'Old password is incorrect',
        hint: 'enter the current password',
      });
      expect((await userinfo(token)).user_id).toBe(id);
    });

    test('cannot change the password of another user', async () => {
      const [erin, other] = [await add(), await add()];
      const token = await login(erin.userName, 'first');
      await expect(changePassword(token, other.id, 'first', 'second')).rejects.toMatchObject({
        kind: 'failed',
        oauthError: 'invalid_password',
        message: "Not permitted to change another user's password",
      });
    });
  });

  test('userinfo returns the logged-in user, and requires openid', async () => {
    const { id, userName } = await add();
    expect(await userinfo(await login(userName, 'first'))).toMatchObject({
      user_id: id,
      user_name: userName,
      given_name: 'Erin',
      family_name: 'Example',
      name: 'Erin Example',
      email: 'erin@example.com',
      email_verified: true,
      sub: id,
    });
    await expect(userinfo(admin)).rejects.toMatchObject({
      kind: 'forbidden',
      message: 'Your token lacks the required scope openid',
    });
  });

  test('password strength is always 0 without a token, and later releases do not support it', async () => {
    const measure = () =>
      measurePassword(withStatusErrors(server.send), server.uaa, new Secret('p&ss wörd'));
    if (server.release !== '4.30') {
      await expect(measure()).rejects.toMatchObject({
        kind: 'failed',
        message: expect.stringContaining('cannot check the strength of passwords'),
      });
      return;
    }
    expect(await measure()).toEqual({
      score: 0,
      requiredScore: 0,
    });
  });
});

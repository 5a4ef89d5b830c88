import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createUsers, type User, type Users } from '../../src/api/uaa/users.js';
import { Secret } from '../../src/base/secret.js';
import { mainServers, unique, type ContractServer } from './servers.js';

describe.each(mainServers)('lockout on %s', (_name, start) => {
  let server: ContractServer;
  let users: Users;
  const created: User[] = [];

  beforeAll(async () => {
    server = await start();
    users = createUsers(server.signed(await server.adminToken()), server.uaa);
  }, 60_000);
  afterAll(async () => {
    for (const { id } of created) await users.remove({ id });
    await server.stop();
  });

  const newUser = async (): Promise<string> => {
    const user = await users.add({
      userName: unique('locked'),
      password: new Secret('a-password'),
      emails: ['locked@example.com'],
      phoneNumbers: [],
    });
    created.push(user);
    return user.userName;
  };
  const login = (username: string, password: string) =>
    server.grants('pks_cli', '').password({ username, password: new Secret(password) });
  const failToLogIn = async (username: string, times: number) => {
    for (let attempt = 0; attempt < times; attempt += 1) {
      await expect(login(username, 'wrong')).rejects.toMatchObject({ message: 'Bad credentials' });
    }
  };

  test('rejects the right password after five wrong ones, with a message about the lock', async () => {
    const erin = await newUser();
    await failToLogIn(erin, 5);
    const locked = {
      kind: 'unauthenticated',
      status: 401,
      oauthError: 'unauthorized',
      message: 'Your account has been locked because of too many failed attempts to login.',
    };
    await expect(login(erin, 'a-password')).rejects.toMatchObject(locked);
    await expect(login(erin, 'wrong')).rejects.toMatchObject(locked);
  });

  test('resets the count after a successful login', async () => {
    const erin = await newUser();
    await failToLogIn(erin, 4);
    expect((await login(erin, 'a-password')).scope).toBe('openid');
    await failToLogIn(erin, 4);
    expect((await login(erin, 'a-password')).scope).toBe('openid');
  });

  test('does not lock other users', async () => {
    const [erin, finn] = [await newUser(), await newUser()];
    await failToLogIn(erin, 5);
    expect((await login(finn, 'a-password')).scope).toBe('openid');
  });
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/secret.js';
import { createUsers, type User, type Users } from '../../src/uaa/users.js';
import { servers, unique, type ContractServer } from './servers.js';

describe.each(servers)('lockout, %s', (_name, start) => {
  let server: ContractServer;
  let users: Users;
  const made: User[] = [];

  beforeAll(async () => {
    server = await start();
    users = createUsers(server.signed(await server.adminToken()), server.uaa);
  }, 60_000);
  afterAll(async () => {
    for (const { id } of made) await users.remove({ id });
    await server.stop();
  });

  const newUser = async (): Promise<string> => {
    const user = await users.add({
      userName: unique('locked'),
      password: new Secret('a-password'),
      emails: ['locked@example.com'],
      phoneNumbers: [],
    });
    made.push(user);
    return user.userName;
  };
  const login = (username: string, password: string) =>
    server.grants('pks_cli', '').password({ username, password: new Secret(password) });
  const fail = async (username: string, times: number) => {
    for (let at = 0; at < times; at += 1) {
      await expect(login(username, 'wrong')).rejects.toMatchObject({ message: 'Bad credentials' });
    }
  };

  test('after five wrong passwords the right one is refused too, with other words', async () => {
    const erin = await newUser();
    await fail(erin, 5);
    const locked = {
      kind: 'unauthenticated',
      status: 401,
      oauthError: 'unauthorized',
      message: 'Your account has been locked because of too many failed attempts to login.',
    };
    await expect(login(erin, 'a-password')).rejects.toMatchObject(locked);
    await expect(login(erin, 'wrong')).rejects.toMatchObject(locked);
  });

  test('a success in time starts the count anew', async () => {
    const erin = await newUser();
    await fail(erin, 4);
    expect((await login(erin, 'a-password')).scope).toBe('openid');
    await fail(erin, 4);
    expect((await login(erin, 'a-password')).scope).toBe('openid');
  });

  test('nobody else is locked', async () => {
    const [erin, finn] = [await newUser(), await newUser()];
    await fail(erin, 5);
    expect((await login(finn, 'a-password')).scope).toBe('openid');
  });
});

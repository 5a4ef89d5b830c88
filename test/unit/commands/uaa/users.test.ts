import { describe, expect, test } from '@jest/globals';
import { createSecretSource } from '../../../../src/auth/secret-source.js';
import { addUser } from '../../../../src/commands/uaa/user/add.js';
import { readUserKey } from '../../../../src/commands/uaa/user/user-key.js';
import { createUsers, type NewUser, type User, type Users } from '../../../../src/uaa/users.js';
import { recordedTerminal } from '../../../support/recorded-terminal.js';
import { run } from './uaa-line.js';
import { fakeResources } from '../../../support/fake-resources.js';

const alana: User = {
  id: 'a-1',
  userName: 'alana',
  origin: 'uaa',
  emails: [{ value: 'alana@example.com', primary: false }],
  active: true,
  lastLogonTime: Date.parse('2026-11-25T01:02:03.456Z'),
};
const leaver: User = { id: 'l-1', userName: 'leaver', origin: 'ldap', active: false };

function directory(answers: Readonly<Record<string, string>> = {}, stdin = '') {
  const terminal = recordedTerminal(answers, stdin);
  const added: (Omit<NewUser, 'password'> & { password: string | undefined })[] = [];
  const service: Pick<Users, 'add' | 'get'> = {
    get: () => Promise.reject(new Error('unexpected call of get')),
    add: async ({ password, ...user }) => {
      added.push({ ...user, password: password?.reveal() });
      return alana;
    },
  };
  const env = { TPKS_PASSWORD: 'mine, not theirs' };
  const deps = {
    terminal,
    env,
    uaaResource: fakeResources([[createUsers, service]]),
    secrets: async () => createSecretSource({ terminal, env }),
  };
  return { terminal, added, deps };
}

describe('uaa users', () => {
  const answers = { 'GET /Users': { resources: [alana, leaver], totalResults: 2 } };

  test('shows the columns people look for', async () => {
    const { terminal } = await run(['users'], answers);
    expect(terminal.lines).toEqual([
      'User name  Origin  Email              Active  Last logon            Id',
      'alana      uaa     alana@example.com  yes     2026-11-25T01:02:03Z  a-1',
      'leaver     ldap                       no      never                 l-1',
    ]);
    expect(terminal.json).toEqual([[alana, leaver]]);
  });

  test('shows the fields that were asked for, one column each', async () => {
    const row = {
      id: 'a-1',
      'emails.value': ['a@b.c', 'd@e.f'],
      meta: { version: 0 },
      title: null,
    };
    const words = ['users', 'x', '-a', 'ID,emails.value,meta,title', '--columns', 'meta,id'];
    const listed = { 'GET /Users': { resources: [row], totalResults: 1 } };
    const all = await run(words.slice(0, -2), listed);
    expect(all.requests[0]?.[0]).toMatch(/filter=x&attributes=id%2Cemails.value%2Cmeta%2Ctitle/);
    expect(all.terminal.lines).toEqual([
      'id   emails.value  meta           title',
      'a-1  a@b.c,d@e.f   {"version":0}',
    ]);
    expect(all.terminal.notes).toEqual(['The UAA returned no values for title']);
    const some = await run(words, listed);
    expect(some.terminal.lines).toEqual(['meta           id', '{"version":0}  a-1']);
  });
});

const found = { 'GET /Users': { resources: [alana], totalResults: 1 } };

describe('uaa user get', () => {
  test('shows a user as YAML with the UAA’s own fields', async () => {
    const { terminal } = await run(['user', 'get', 'alana'], found);
    expect(terminal.lines).toEqual([
      'id: a-1',
      'userName: alana',
      'origin: uaa',
      'emails:',
      '  - value: alana@example.com',
      '    primary: false',
      'active: true',
      'lastLogonTime: 2026-11-25T01:02:03Z',
    ]);
    expect(terminal.json).toEqual([alana]);
  });

  test('converts fields to the UAA’s spelling', async () => {
    const words = ['user', 'get', '--id', 'a-1', '-a', 'ID,username,emails.VALUE', '-a', 'id'];
    const { requests } = await run(words, found);
    expect(requests[0]?.[0]).toContain('attributes=id%2CuserName%2Cemails.value%2C');
  });
});

describe('which user', () => {
  test('a name is asked for when there is none', async () => {
    const { terminal } = directory({ 'User name: ': 'alana' });
    expect(await readUserKey(undefined, { origin: 'ldap' }, { terminal })).toEqual({
      name: 'alana',
      origin: 'ldap',
    });
    expect(await readUserKey(undefined, { id: 'a-1' }, { terminal })).toEqual({ id: 'a-1' });
  });

  test.each([
    ['alana', { id: 'a-1' }],
    [undefined, { id: 'a-1', origin: 'ldap' }],
  ])('%j with %j says it twice', async (name, flags) => {
    const { terminal } = directory();
    await expect(readUserKey(name, flags, { terminal })).rejects.toMatchObject({ kind: 'usage' });
  });
});

describe('uaa user delete', () => {
  test('prints the message of uaac', async () => {
    const { terminal, requests } = await run(['user', 'delete', 'alana', '--origin', 'uaa'], {
      ...found,
      'DELETE /Users/a-1': alana,
    });
    expect(requests.at(-1)).toEqual(['DELETE /Users/a-1']);
    expect(terminal.lines).toEqual(['user account successfully deleted']);
    expect(terminal.json).toEqual([alana]);
  });
});

describe('uaa user add', () => {
  const given = { name: 'erin', emails: ['erin@example.com'] };

  test('says so in the words of uaac', async () => {
    const { deps, terminal, added } = directory();
    await addUser({ ...given, password: 'pw', givenName: 'Erin', phones: ['1'] }, deps);
    expect(terminal.lines).toEqual(['user account successfully added']);
    expect(added).toMatchObject([
      {
        userName: 'erin',
        emails: ['erin@example.com'],
        phoneNumbers: ['1'],
        givenName: 'Erin',
        password: 'pw',
      },
    ]);
    expect(terminal.warnings).toHaveLength(1);
  });

  test('asks for what is missing, the password twice', async () => {
    const { deps, terminal, added } = directory({
      'User name: ': 'erin',
      'Email: ': 'erin@example.com',
      'Password: ': 'pw',
      'Verify password: ': 'pw',
    });
    await addUser({}, deps);
    expect(terminal.asked).toEqual(['User name: ', 'Email: ', 'Password: ', 'Verify password: ']);
    expect(added).toMatchObject([
      { userName: 'erin', emails: ['erin@example.com'], password: 'pw' },
    ]);
  });

  test('adds nobody when the two passwords differ', async () => {
    const { deps, added } = directory({ 'Password: ': 'pw', 'Verify password: ': 'wp' });
    await expect(addUser(given, deps)).rejects.toMatchObject({
      kind: 'usage',
      message: 'The passwords do not match: no user was created',
    });
    expect(added).toEqual([]);
  });

  test('never gives the new user the password of whoever adds it', async () => {
    const { deps, added } = directory();
    await expect(addUser(given, deps)).rejects.toMatchObject({
      kind: 'usage',
      hint: 'use --password-stdin or TPKS_NEW_PASSWORD or TPKS_NEW_PASSWORD_FILE',
    });
    expect(added).toEqual([]);
  });

  test('takes the password from stdin, once', async () => {
    const { deps, added, terminal } = directory({}, 'pw\n');
    await addUser({ ...given, passwordFile: '-' }, deps);
    expect(added).toMatchObject([{ password: 'pw' }]);
    expect(terminal.asked).toEqual([]);
  });

  test('a user of an identity provider has no password here', async () => {
    const { deps, added, terminal } = directory();
    await addUser({ ...given, origin: 'ldap' }, deps);
    expect(added).toMatchObject([{ origin: 'ldap', password: undefined }]);
    expect(terminal.asked).toEqual([]);
  });
});

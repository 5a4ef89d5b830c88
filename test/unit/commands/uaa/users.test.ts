import { describe, expect, test } from '@jest/globals';
import type { User } from '../../../../src/api/uaa/users.js';
import { readUserKey } from '../../../../src/commands/uaa/users.js';
import { recordedTerminal } from '../../../support/fakes/recorded-terminal.js';
import { run, runFailing } from './run-uaa-command.js';

const alana: User = {
  id: 'a-1',
  userName: 'alana',
  origin: 'uaa',
  emails: [{ value: 'alana@example.com', primary: false }],
  active: true,
  lastLogonTime: Date.parse('2026-11-25T01:02:03.456Z'),
};
const inactiveUser: User = { id: 'l-1', userName: 'leaver', origin: 'ldap', active: false };

describe('uaa users', () => {
  const responses = { 'GET /Users': { resources: [alana, inactiveUser], totalResults: 2 } };

  test('lists users with the main columns', async () => {
    const { terminal } = await run(['users'], responses);
    expect(terminal.lines).toEqual([
      'User name  Origin  Email              Active  Last logon            Id',
      'alana      uaa     alana@example.com  yes     2026-11-25T01:02:03Z  a-1',
      'leaver     ldap                       no      never                 l-1',
    ]);
    expect(terminal.json).toEqual([[alana, inactiveUser]]);
  });

  test('shows each requested attribute in a column', async () => {
    const row = {
      id: 'a-1',
      'emails.value': ['a@b.c', 'd@e.f'],
      meta: { version: 0 },
      title: null,
    };
    const words = ['users', 'x', '-a', 'ID,emails.value,meta,title', '--columns', 'meta,id'];
    const userPage = { 'GET /Users': { resources: [row], totalResults: 1 } };
    const allColumns = await run(words.slice(0, -2), userPage);
    expect(allColumns.requests[0]?.[0]).toMatch(
      /filter=x&attributes=id%2Cemails.value%2Cmeta%2Ctitle/,
    );
    expect(allColumns.terminal.lines).toEqual([
      'id   emails.value  meta           title',
      'a-1  a@b.c,d@e.f   {"version":0}',
    ]);
    const selectedColumns = await run(words, userPage);
    expect(selectedColumns.terminal.lines).toEqual(['meta           id', '{"version":0}  a-1']);
  });
});

const found = { 'GET /Users': { resources: [alana], totalResults: 1 } };

describe('uaa user get', () => {
  test('shows the fields of the UAA as YAML', async () => {
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

  test('converts attributes to the spelling of the UAA', async () => {
    const words = ['user', 'get', '--id', 'a-1', '-a', 'ID,username,emails.VALUE', '-a', 'id'];
    const { requests } = await run(words, found);
    expect(requests[0]?.[0]).toContain('attributes=id%2CuserName%2Cemails.value%2C');
  });
});

describe('readUserKey', () => {
  test('prompts for the name if there is no name and no id', async () => {
    const terminal = recordedTerminal({ 'User name: ': 'alana' });
    expect(await readUserKey(undefined, { origin: 'ldap' }, { terminal })).toEqual({
      name: 'alana',
      origin: 'ldap',
    });
    expect(await readUserKey(undefined, { id: 'a-1' }, { terminal })).toEqual({ id: 'a-1' });
  });

  test.each([
    ['alana', { id: 'a-1' }],
    [undefined, { id: 'a-1', origin: 'ldap' }],
  ])('rejects the name %j with the options %j', async (name, flags) => {
    const terminal = recordedTerminal();
    await expect(readUserKey(name, flags, { terminal })).rejects.toMatchObject({ kind: 'usage' });
  });
});

test('uaa user delete prints the message of uaac', async () => {
  const words = ['user', 'delete', 'alana', '--origin', 'uaa'];
  const { terminal } = await run(words, { ...found, 'DELETE /Users/a-1': alana });
  expect(terminal.lines).toEqual(['user account successfully deleted']);
  expect(terminal.json).toEqual([alana]);
});

describe('uaa user add', () => {
  const words = ['user', 'add', 'erin', '--emails', 'erin@example.com'];
  const responses = { 'POST /Users': alana };
  const env = { TPKS_PASSWORD: 'own-password' };

  test('prints the message of uaac', async () => {
    const { terminal } = await run([...words, '-p', 'pw'], responses, { env });
    expect(terminal.lines).toEqual(['user account successfully added']);
    expect(terminal.warnings).toHaveLength(1);
  });

  test('prompts for missing values, and twice for the password', async () => {
    const terminalInput = {
      'User name: ': 'erin',
      'Email: ': 'erin@example.com',
      'Password: ': 'pw',
      'Verify password: ': 'pw',
    };
    const { requests, terminal } = await run(['user', 'add'], responses, { env, terminalInput });
    expect(terminal.prompts).toEqual(Object.keys(terminalInput));
    expect(requests[0]?.[1]).toMatchObject({
      ...{ userName: 'erin', emails: [{ value: 'erin@example.com' }], password: 'pw' },
    });
  });

  test('rejects an empty email before it prompts for the password', async () => {
    const setup = { env, terminalInput: { 'Email: ': ' ' } };
    const { error, requests, terminal } = await runFailing(['user', 'add', 'erin'], {}, setup);
    const message = 'Email is empty';
    expect(error).toMatchObject({ kind: 'usage', message, hint: 'use --emails' });
    expect(terminal.prompts).toEqual(['Email: ']);
    expect(requests).toEqual([]);
  });

  test('does not use the password of the current user for the new user', async () => {
    const { error, requests } = await runFailing(words, {}, { env });
    const hint = 'use --password-stdin, TPKS_NEW_PASSWORD or TPKS_NEW_PASSWORD_FILE';
    expect(error).toMatchObject({ kind: 'usage', hint });
    expect(requests).toEqual([]);
  });

  test.each([
    [['--password-file', '-'], { stdin: 'pw\n' }, { password: 'pw' }],
    [['--origin', 'ldap'], {}, { origin: 'ldap', password: undefined }],
  ])('needs no prompt with %j', async (options, setup, expected) => {
    const all = { env, ...setup };
    const { requests, terminal } = await run([...words, ...options], responses, all);
    expect(terminal.prompts).toEqual([]);
    expect({ password: undefined, ...(requests[0]?.[1] as object) }).toMatchObject(expected);
  });
});

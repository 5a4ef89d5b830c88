import { expect, test, describe } from '@jest/globals';
import { toListQuery } from '../../../../src/commands/uaa/scim-list.js';
import { run } from './run-uaa-command.js';

const time = Date.parse('2026-11-25T01:02:03.456Z');
const createPage = (...resources: unknown[]) => ({ resources, totalResults: resources.length });
const cody = {
  id: 'c-1',
  userName: 'cody',
  origin: 'uaa',
  lastLogonTime: time,
  previousLogonTime: time,
  approvals: [{ clientId: 'cf', lastUpdatedAt: '2026-11-25T01:02:03.000Z' }],
};
const ldap = { id: 'i-1', originKey: 'ldap', type: 'ldap', created: time, last_modified: time };

test.each([
  [
    'user get cody',
    { 'GET /Users': createPage(cody) },
    cody,
    'previousLogonTime: 2026-11-25T01:02:03Z',
  ],
  [
    'idp get --id i-1',
    { 'GET /identity-providers/i-1': ldap },
    ldap,
    'last_modified: 2026-11-25T01:02:03Z',
  ],
  [
    'me',
    { 'GET /userinfo': { user_id: 'c-1', user_name: 'cody', previous_logon_time: time } },
    { user_id: 'c-1', user_name: 'cody', previous_logon_time: time },
    'previous_logon_time: 2026-11-25T01:02:03Z',
  ],
])('uaa %s shows a readable time, and the number of the UAA with --json', async (...row) => {
  const [line, responses, json, expected] = row;
  const { terminal } = await run(line.split(' '), responses);
  expect(terminal.lines).toContain(expected);
  expect(terminal.json).toEqual([json]);
});

test('uaa users shows readable times in columns', async () => {
  const { terminal } = await run(['users', '-a', 'lastLogonTime'], {
    'GET /Users': createPage({ lastLogonTime: time }),
  });
  expect(terminal.lines).toEqual(['lastLogonTime', '2026-11-25T01:02:03Z']);
  expect(terminal.json).toEqual([[{ lastLogonTime: time }]]);
});

test('uaa idp get does not convert values that are not times', async () => {
  const provider = { ...ldap, created: 'long ago', version: time };
  const { terminal } = await run(['idp', 'get', '--id', 'i-1'], {
    'GET /identity-providers/i-1': provider,
  });
  expect(terminal.lines).toEqual(expect.arrayContaining(['created: long ago', `version: ${time}`]));
});

test('uaa users shows an empty column for an attribute without values', async () => {
  const { terminal } = await run(['users', '-a', 'username,nosuch,other'], {
    'GET /Users': createPage(cody),
  });
  expect(terminal.lines).toEqual(['userName  nosuch  other', 'cody']);
});

describe('toListQuery', () => {
  test('treats --count like --limit and --filter like the argument', () => {
    expect(toListQuery(undefined, { filter: 'x', count: 3 })).toEqual(
      toListQuery('x', { limit: 3 }),
    );
  });

  test('rejects a filter as argument and option', () => {
    expect(() => toListQuery('x', { filter: 'y' })).toThrow('The filter was given twice');
  });
});

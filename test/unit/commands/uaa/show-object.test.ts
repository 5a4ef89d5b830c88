import { expect, test } from '@jest/globals';
import { run } from './uaa-line.js';

const at = Date.parse('2026-11-25T01:02:03.456Z');
const page = (...resources: unknown[]) => ({ resources, totalResults: resources.length });
const cody = {
  id: 'c-1',
  userName: 'cody',
  origin: 'uaa',
  lastLogonTime: at,
  previousLogonTime: at,
  approvals: [{ clientId: 'cf', lastUpdatedAt: '2026-11-25T01:02:03.000Z' }],
};
const ldap = { id: 'i-1', originKey: 'ldap', type: 'ldap', created: at, last_modified: at };

test.each([
  ['user get cody', { 'GET /Users': page(cody) }, cody, 'lastLogonTime: 2026-11-25T01:02:03Z'],
  ['user get cody', { 'GET /Users': page(cody) }, cody, 'previousLogonTime: 2026-11-25T01:02:03Z'],
  [
    'idp get --id i-1',
    { 'GET /identity-providers/i-1': ldap },
    ldap,
    'last_modified: 2026-11-25T01:02:03Z',
  ],
  [
    'me',
    { 'GET /userinfo': { user_id: 'c-1', user_name: 'cody', previous_logon_time: at } },
    { user_id: 'c-1', user_name: 'cody', previous_logon_time: at },
    'previous_logon_time: 2026-11-25T01:02:03Z',
  ],
])('%s shows a time that can be read, and the UAA’s own under --json', async (...given) => {
  const [line, answers, json, shown] = given;
  const { terminal } = await run(line.split(' '), answers);
  expect(terminal.lines).toContain(shown);
  expect(terminal.json).toEqual([json]);
});

test('a column of times can be read', async () => {
  // The id is asked for to recognize repeated pages, and not shown.
  const { terminal } = await run(['users', '-a', 'lastLogonTime'], {
    'GET /Users': page({ id: 'c-1', lastLogonTime: at }),
  });
  expect(terminal.lines).toEqual(['lastLogonTime', '2026-11-25T01:02:03Z']);
  expect(terminal.json).toEqual([[{ lastLogonTime: at }]]);
});

test('what only looks like a time stays as it is', async () => {
  const odd = { ...ldap, created: 'long ago', version: at };
  const { terminal } = await run(['idp', 'get', '--id', 'i-1'], {
    'GET /identity-providers/i-1': odd,
  });
  expect(terminal.lines).toEqual(expect.arrayContaining(['created: long ago', `version: ${at}`]));
});

test('a field that no user has is reported, because the UAA ignores it', async () => {
  const { terminal } = await run(['users', '-a', 'username,nosuch,odd'], {
    'GET /Users': page(cody),
  });
  expect(terminal.lines).toEqual(['userName  nosuch  odd', 'cody']);
  expect(terminal.notes).toEqual(['The UAA returned no values for nosuch, odd']);
});

test('no field is reported if no user was found', async () => {
  const { terminal } = await run(['users', '-a', 'nosuch'], { 'GET /Users': page() });
  expect(terminal.notes).toEqual([]);
});

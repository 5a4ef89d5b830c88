import { describe, expect, test } from '@jest/globals';
import { displayWidth } from '../../../../src/platform/terminal/lines.js';
import { run } from './run-uaa-command.js';

const now = Date.parse('2026-11-25T10:00:00Z');
const hour = 3_600_000;
const createPage = (...resources: unknown[]) => ({ resources, totalResults: resources.length });
const createId = (digit: string) => `${digit.repeat(8)}-0000-4000-8000-000000000000`;
const wideName = '\u5c71\u7530\u592a\u90ce'.repeat(6);
const longName = `${'very.'.repeat(12)}long@example.com`;
const meta = { created: '2026-11-23T10:00:00.000Z' };

const users = [
  {
    id: createId('a'),
    userName: 'alana',
    origin: 'uaa',
    emails: [{ value: 'alana@example.com' }],
    active: true,
    lastLogonTime: now - 3 * hour,
    meta,
  },
  { id: createId('b'), userName: wideName, origin: 'ldap', active: false, meta },
  {
    id: createId('c'),
    userName: longName,
    origin: 'company-directory',
    emails: [{ value: longName }],
    active: true,
    meta,
  },
];
const groups = [
  { id: createId('d'), displayName: 'team.blue', description: 'Team Blue', members: [], meta },
  { id: createId('e'), displayName: longName, description: `${wideName} `.repeat(5) },
];
const members = [
  { value: createId('a'), type: 'USER', origin: 'uaa', entity: { userName: 'alana' } },
  { value: createId('b'), type: 'USER', origin: 'company', entity: { userName: wideName } },
  { value: createId('e'), type: 'GROUP', origin: 'uaa', entity: { displayName: longName } },
];
const clients = [
  {
    client_id: 'web',
    name: 'The web app',
    authorized_grant_types: ['authorization_code', 'refresh_token'],
    access_token_validity: 43_200,
    lastModified: now - 26 * hour,
  },
  { client_id: longName, name: wideName, authorized_grant_types: ['client_credentials'] },
];
const mappings = [
  { groupId: 'g-1', displayName: 'team.blue', externalGroup: 'cn=blue', origin: 'ldap' },
  { groupId: 'g-2', displayName: longName, externalGroup: `cn=${wideName}`, origin: 'ldap' },
];
const providers = [
  { id: createId('f'), originKey: 'ldap', type: 'ldap', name: 'Directory', active: false },
  { id: createId('0'), originKey: longName, type: 'oidc1.0', name: wideName },
];
const zones = [
  { id: 'uaa', subdomain: '', name: 'uaa', description: 'The system zone' },
  { id: createId('1'), subdomain: longName, name: wideName, active: false },
];
const tokens = [
  {
    tokenId: 'd992972abfd74cc29b6f5727a39c017e',
    clientId: longName,
    userId: createId('a'),
    format: 'OPAQUE',
    responseType: 'REFRESH_TOKEN',
    issuedAt: now - 5 * 60_000,
    expiresAt: now + 9 * 60_000,
    scope: '[openid]',
    zoneId: 'uaa',
    value: null,
  },
];

const responses = {
  'GET /Users': createPage(...users),
  'GET /ids/Users': createPage(...users),
  'GET /Groups': createPage(...groups.slice(0, 1)),
  [`GET /Groups/${createId('d')}/members`]: members,
  'GET /Groups/External': createPage(...mappings),
  'GET /identity-providers': providers,
  'GET /identity-zones': zones,
  'GET /oauth/clients': createPage(...clients),
  'GET /oauth/token/list/client/web': tokens,
};

async function show(line: string, columns: number, more: object = {}): Promise<string[]> {
  const { terminal } = await run(
    line.split(' '),
    { ...responses, ...more },
    { terminalColumns: columns },
  );
  return terminal.lines;
}

/** The cells of a table, without the padding. */
async function showCells(line: string, columns: number): Promise<string[][]> {
  return (await show(line, columns)).map((text) => text.trim().split(/ {2,}/));
}

const allGroups = { 'GET /Groups': createPage(...groups) };

describe.each([60, 80, 120, 200])('a terminal with %i columns', (columns) => {
  test.each<[line: string, heading: string, more?: object]>([
    ['users', 'NAME STATUS ORIGIN'],
    ['user ids alana', 'NAME'],
    ['users -a id,userName,emails,origin,active,meta', 'ID USERNAME EMAILS ORIGIN ACTIVE META'],
    ['groups', 'NAME MEMBERS', allGroups],
    ['members team.blue', 'NAME TYPE ORIGIN SOURCE'],
    ['group mappings', 'GROUP ORIGIN EXTERNAL GROUP'],
    ['clients', 'CLIENT ID GRANT TYPES ACCESS TOKEN MODIFIED'],
    ['idps', 'ORIGIN TYPE NAME ACTIVE'],
    ['zones', 'SUBDOMAIN NAME ACTIVE'],
    [
      'token list --client web',
      columns === 60 ? 'ID KIND FORMAT CLIENT EXPIRES' : 'ID KIND FORMAT CLIENT ISSUED EXPIRES',
    ],
  ])('fits uaa %s', async (line, heading, more = {}) => {
    const lines = await show(line, columns, more);
    expect(lines[0]?.replaceAll(/ +/g, ' ')).toContain(heading);
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(columns);
    const wide = await show(`${line} -o wide`, columns, more);
    expect(Math.max(...wide.map(displayWidth))).toBeLessThanOrEqual(columns);
  });
});

describe('on a terminal', () => {
  test('uaa users shows the status, and when users last logged in', async () => {
    expect((await showCells('users', 200)).slice(0, 3)).toEqual([
      ['NAME', 'STATUS', 'ORIGIN', 'EMAIL', 'LAST LOGIN', 'AGE'],
      ['alana', 'active', 'uaa', 'alana@example.com', '3h ago', '2d'],
      // Without an email address and a login.
      [wideName, 'inactive', 'ldap', '2d'],
    ]);
  });

  test.each([
    ['users', createId('a')],
    ['members team.blue', createId('a')],
    ['groups', createId('d')],
    ['idps', createId('f')],
    ['zones', createId('1')],
  ])('uaa %s shows whole ids, but only with -o wide', async (line, id) => {
    expect((await show(line, 200)).join('\n')).not.toContain(id);
    expect((await show(`${line} -o wide`, 60)).join('\n')).toContain(id);
  });

  test('uaa groups shows descriptions only with -o wide', async () => {
    expect(await showCells('groups', 80)).toEqual([
      ['NAME', 'MEMBERS', 'AGE'],
      ['team.blue', '0', '2d'],
    ]);
    expect((await showCells('groups -o wide', 120))[0]).toEqual([
      'NAME',
      'MEMBERS',
      'AGE',
      'DESCRIPTION',
      'ID',
    ]);
  });

  test('uaa clients shows lifetimes and changes', async () => {
    expect((await showCells('clients', 200)).slice(0, 2)).toEqual([
      ['CLIENT ID', 'GRANT TYPES', 'ACCESS TOKEN', 'MODIFIED'],
      ['web', 'authorization_code,refresh_token', '12 h', '1d ago'],
    ]);
  });

  test('uaa token list shows times with their distance', async () => {
    expect((await showCells('token list --client web', 200))[1]).toEqual([
      'd99297...',
      'refresh',
      'opaque',
      longName,
      '2026-11-25T09:55:00Z (5 min ago)',
      '2026-11-25T10:09:00Z (in 9 min)',
    ]);
  });

  test('--columns accepts the columns of a pipe', async () => {
    const keys = 'user-name,active,last-logon,id';
    expect((await showCells(`users --columns ${keys}`, 200))[0]).toEqual([
      'NAME',
      'STATUS',
      'LAST LOGIN',
      'ID',
    ]);
  });
});

test('in a pipe, --columns accepts the columns of a terminal', async () => {
  const { terminal } = await run(['users', '--columns', 'name,age'], responses);
  expect(terminal.lines.slice(0, 2)).toMatchObject([
    expect.stringMatching(/^Name +Age$/),
    expect.stringMatching(/^alana +2d$/),
  ]);
});

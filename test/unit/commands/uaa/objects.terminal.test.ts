import { describe, expect, test } from '@jest/globals';
import { formatUser } from '../../../../src/commands/uaa/users.js';
import { displayWidth, lineText } from '../../../../src/platform/terminal/lines.js';
import { run, type Setup } from './run-uaa-command.js';

const now = new Date('2026-11-25T10:00:00Z');
const createPage = (...resources: unknown[]) => ({ resources, totalResults: resources.length });
const onTerminal = (columns: number): Setup => ({ terminalColumns: columns });

const cody = {
  id: 'c-1',
  meta: { created: '2026-11-13T10:00:00.000Z' },
  userName: 'cody',
  name: { givenName: 'Cody', familyName: 'Blue' },
  emails: [{ value: 'cody@example.com' }],
  groups: [
    { display: 'uaa.user', type: 'DIRECT', value: '1' },
    { display: 'team.blue', type: 'DIRECT', value: '2' },
    { display: 'openid', type: 'DIRECT', value: '3' },
    { display: 'pks.clusters.manage', type: 'INDIRECT', value: '4' },
  ],
  approvals: [],
  active: true,
  verified: true,
  origin: 'uaa',
  lastLogonTime: Date.parse('2026-11-25T07:00:00Z'),
};

describe('uaa user get on a terminal', () => {
  test('shows the account, its groups and the number of default groups', async () => {
    const { terminal } = await run(
      ['user', 'get', 'cody'],
      { 'GET /Users': createPage(cody) },
      onTerminal(80),
    );
    expect(terminal.lines).toEqual([
      'Username:    cody',
      'Name:        Cody Blue',
      'Email:       cody@example.com',
      'Status:      active',
      'Last login:  2026-11-25T07:00:00Z (3 h ago)',
      'Created:     2026-11-13T10:00:00Z (12 d ago)',
      'Id:          c-1',
      'Groups:      pks.clusters.manage (through a group), team.blue and 2 default',
      '             groups',
    ]);
    expect(terminal.json).toEqual([cody]);
  });

  test('shows another origin, an inactive account and an unverified address', () => {
    const user = {
      userName: '\u5c71\u7530',
      origin: 'ldap',
      active: false,
      verified: false,
      emails: [{ value: 'a@b.c' }],
      groups: [{ display: 'openid' }],
    };
    expect(formatUser(user, { width: 80, now }).map(lineText)).toEqual([
      'Username:  \u5c71\u7530',
      'Origin:    ldap',
      'Email:     a@b.c (not verified)',
      'Status:    inactive',
      'Groups:    1 default group',
    ]);
  });

  test('shows the requested attributes as YAML', async () => {
    const { terminal } = await run(
      ['user', 'get', 'cody', '-a', 'userName,active'],
      { 'GET /Users': createPage(cody) },
      onTerminal(80),
    );
    expect(terminal.lines).toContain('active: true');
  });
});

const team = {
  id: 'g-1',
  displayName: 'team.blue',
  description: 'Team \u84dd\u84dd \u84dd\u84dd',
  meta: { created: '2026-11-25T09:00:00.000Z' },
  members: [
    { value: 'c-1', type: 'USER', origin: 'uaa' },
    { value: 'x-1', type: 'USER', origin: 'ldap' },
    { value: 'g-2', type: 'GROUP', origin: 'uaa' },
  ],
};
const [codyMember, erinMember, groupMember] = team.members;
const teamResponses = {
  'GET /Groups': createPage(team),
  'GET /Groups/g-1/members': [
    { ...codyMember, entity: { userName: 'cody' } },
    { ...erinMember, entity: { userName: 'erin' } },
    { ...groupMember, entity: { displayName: 'team.core' } },
  ],
  'GET /Groups/External': createPage({
    groupId: 'g-1',
    displayName: 'team.blue',
    externalGroup: 'cn=blue',
    origin: 'ldap',
  }),
};

describe('uaa group get on a terminal', () => {
  test('shows members by name, with the same requests as uaa members', async () => {
    const { terminal, requests } = await run(
      ['group', 'get', 'team.blue'],
      teamResponses,
      onTerminal(60),
    );
    expect(terminal.lines).toEqual([
      'Name:         team.blue',
      'Description:  Team \u84dd\u84dd \u84dd\u84dd',
      'Created:      2026-11-25T09:00:00Z (1 h ago)',
      'Id:           g-1',
      '',
      'NAME       TYPE   ORIGIN  SOURCE',
      'cody       user   uaa     added',
      'erin       user   ldap    mapping',
      'team.core  group  uaa     added',
    ]);
    expect(terminal.json).toEqual([team]);
    const members = await run(['members', 'team.blue'], teamResponses, onTerminal(60));
    expect(members.terminal.lines).toEqual(terminal.lines.slice(5));
    expect(members.requests).toHaveLength(requests.length);
  });
});

const web = {
  client_id: 'web',
  name: 'Web \u5e94\u7528',
  lastModified: Date.parse('2026-11-24T10:00:00Z'),
  authorized_grant_types: ['authorization_code', 'refresh_token'],
  scope: ['openid', 'pks.clusters.admin', 'pks.clusters.manage'],
  authorities: ['uaa.none'],
  autoapprove: ['true'],
  required_user_groups: [],
  access_token_validity: 43_200,
  refresh_token_validity: null,
  redirect_uri: ['https://web.example.com/callback', 'http://localhost:8080/callback'],
  allowedproviders: [],
  resource_ids: ['none'],
  token_salt: 'Xy12',
  settings: { theme: 'dark', created: Date.parse('2026-11-24T10:00:00Z') },
};

const webLines = [
  'General',
  '  Id:             web',
  '  Name:           Web \u5e94\u7528',
  '  Last modified:  2026-11-24T10:00:00Z (1 d ago)',
  '',
  'Grants and scopes',
  '  Grant types:   authorization_code, refresh_token',
  '  Scopes:        openid, pks.clusters.admin,',
  '                 pks.clusters.manage',
  '  Authorities:   uaa.none',
  '  Auto-approve:  all scopes',
  '',
  'Tokens',
  '  Access token:  12 h',
  '',
  'Redirects',
  '  Redirect URIs:      https://web.example.com/callback,',
  '                      http://localhost:8080/callback',
  '  Allowed providers:  none',
  '',
  'Other',
  '  token_salt: Xy12',
  '  settings:',
  '    theme: dark',
  '    created: 2026-11-24T10:00:00Z',
];

describe('uaa client get on a terminal', () => {
  const responses = { 'GET /oauth/clients/web': web, 'PUT /oauth/clients/web': web };

  test('shows related fields together', async () => {
    const { terminal } = await run(['client', 'get', 'web'], responses, onTerminal(55));
    expect(terminal.lines).toEqual(webLines);
    expect(terminal.json).toEqual([web]);
  });

  test('omits empty groups', async () => {
    const { terminal } = await run(
      ['client', 'get', 'ci'],
      { 'GET /oauth/clients/ci': { client_id: 'ci', scope: ['uaa.none'] } },
      onTerminal(80),
    );
    expect(terminal.lines).toEqual([
      'General',
      '  Id:  ci',
      '',
      'Grants and scopes',
      '  Scopes:  uaa.none',
    ]);
  });

  test('shows a generated secret', async () => {
    const { terminal } = await run(
      ['client', 'add', 'ci', '--authorized_grant_types', 'password', '--generate-secret'],
      { 'POST /oauth/clients': { client_id: 'ci' } },
      onTerminal(80),
    );
    expect(terminal.lines[2]).toMatch(/^ {2}Secret: {2}\S{10,}$/);
  });

  test('shows metadata and requested attributes as YAML', async () => {
    const meta = { 'GET /oauth/clients/web/meta': { clientId: 'web', showOnHomePage: false } };
    const metadata = await run(['client', 'get', 'web', '--meta'], meta, onTerminal(80));
    expect(metadata.terminal.lines).toEqual(['clientId: web', 'showOnHomePage: false']);
    const scope = await run(['client', 'get', 'web', '-a', 'name'], responses, onTerminal(80));
    expect(scope.terminal.lines).toEqual(['name: Web \u5e94\u7528']);
  });
});

test('YAML on a terminal is broken between words', async () => {
  const description = 'one two three four five six seven eight nine ten eleven twelve';
  const { terminal } = await run(
    ['idp', 'get', '--id', 'i-1'],
    { 'GET /identity-providers/i-1': { id: 'i-1', originKey: 'x', type: 'saml', description } },
    onTerminal(40),
  );
  expect(terminal.lines.slice(3)).toEqual([
    'description: one two three four five',
    '  six seven eight nine ten eleven twelve',
  ]);
});

test.each([60, 80, 120, 200])('details fit a terminal with %i columns', async (columns) => {
  const names = Array.from({ length: 40 }, (_, index) => `team.\u5c71\u7530.${String(index)}`);
  const user = { ...cody, groups: names.map((display) => ({ display, value: display })) };
  const client = { ...web, scope: names, note: names.join(' ') };
  const shown = await Promise.all([
    run(['user', 'get', 'cody'], { 'GET /Users': createPage(user) }, onTerminal(columns)),
    run(['client', 'get', 'web'], { 'GET /oauth/clients/web': client }, onTerminal(columns)),
  ]);
  for (const { terminal } of shown) {
    expect(terminal.lines.length).toBeGreaterThan(8);
    expect(Math.max(...terminal.lines.map(displayWidth))).toBeLessThanOrEqual(columns);
  }
});

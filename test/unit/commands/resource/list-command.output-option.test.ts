import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import {
  fakeSend,
  probeResponse,
  toResponse,
  tokenBody,
} from '../../../support/fakes/fake-send.js';
import { fixedClock } from '../../../support/fakes/fixed-clock.js';
import { aQuota, aUser } from '../../../support/fixtures/contexts-and-clusters.js';
import { createUser } from '../../../support/program/cli.js';
import { loginCommand } from '../../../support/program/headless.js';
import { runWithResponses } from '../../../support/servers/answering-server.js';

const quota = { ...aQuota(), later: 1 };
const totals = { cpu: 2, memory: 1.5, cluster: 6 };
const scim = (...resources: object[]) => ({ resources, totalResults: resources.length });
const user = aUser({ id: 'u-1', meta: { version: 1 } });
const group = { id: 'g-1', displayName: 'pks.clusters.manage' };
const client = { client_id: 'ci', authorized_grant_types: ['client_credentials'] };
const member = { value: 'u-1', type: 'USER', origin: 'uaa', entity: user };
const mapping = { groupId: 'g-1', displayName: 'a', externalGroup: 'cn=a', origin: 'ldap' };
const provider = { id: 'i-1', originKey: 'ldap', type: 'ldap', name: 'LDAP' };
const zone = { id: 'z-1', subdomain: 'blue', name: 'Blue' };
const token = {
  ...{ tokenId: 'opaque-token', clientId: 'ci', userId: 'u-1', format: 'OPAQUE' },
  ...{ responseType: 'ACCESS_TOKEN', issuedAt: 1e12, expiresAt: 2e12 },
};

type ListCase = readonly [words: string, column: string, path: string, row: object, body?: unknown];

const pksList = (name: string, column: string, row: object): ListCase => [
  name,
  column,
  `/v1/${name}`,
  row,
];

/** Each command that lists resources, one of its columns, and a response with one row. */
const lists: readonly ListCase[] = [
  pksList('clusters', 'Name', { name: 'dev-1', later: 1 }),
  pksList('plans', 'ID', { name: 'small', id: 'p-1', later: 1 }),
  pksList('tasks', 'ID', { uuid: 't-1', later: 1 }),
  pksList('network-profiles', 'Name', { name: 'np', later: 1 }),
  pksList('kubernetes-profiles', 'K8s-profile', { name: 'kp', later: 1 }),
  pksList('compute-profiles', 'Name', { name: 'cp', later: 1 }),
  pksList('quotas', 'CPU', quota),
  pksList('usages', 'CPU', { owner: 'cody', totals }),
  ['uaa users', 'Origin', '/Users', user, scim(user)],
  ['uaa groups', 'Name', '/Groups', group, scim(group)],
  ['uaa clients', 'Client ID', '/oauth/clients', client, scim(client)],
  ['uaa members pks.clusters.manage', 'Type', '/Groups/g-1/members', member],
  ['uaa group mappings', 'Origin', '/Groups/External', mapping, scim(mapping)],
  ['uaa idps', 'Type', '/identity-providers', provider],
  ['uaa zones', 'Id', '/identity-zones', zone],
  ['uaa token list --client ci', 'Format', '/oauth/token/list/client/ci', token],
];

/** The UAA filters and sorts these lists. */
const sortedByUaa = ['uaa users', 'uaa groups', 'uaa clients'];

test.each(lists)(
  'tpks %s has the options that all list commands share, and the column %s',
  async (words, column, path, row, body = [row]) => {
    const bodies = { 'GET /Groups': scim(group), [`GET ${path}`]: body };
    const run = (...flags: string[]) => runWithResponses(bodies, [...words.split(' '), ...flags]);
    const key = column.toLowerCase().replaceAll(' ', '-');
    const sort = sortedByUaa.includes(words) ? [] : ['--sort-by', key];

    const json = await run('--json');
    expect(json).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(json.stdout)).toEqual([row]);
    const { stdout } = await run('--columns', key, ...sort);
    expect(stdout.trim().split('\n')[0]?.trim()).toBe(column);
    if (sort.length > 0) {
      const filtered = await run('--filter', `${key}=no such value`, '-o', 'name');
      expect(filtered).toMatchObject({ code: 0, stdout: '' });
    }
  },
);

test.each([
  [['--columns', 'namex'], 'Unknown column: "namex" (Did you mean name?)'],
  [['--sort-by', 'namex'], 'Unknown key in --sort-by: "namex" (Did you mean name?)'],
  [['--filter', 'namex=a'], 'Unknown key in --filter: "namex" (Did you mean name?)'],
])('tpks clusters %j prints nothing but a suggestion', async (flags, message) => {
  const bodies = { 'GET /v1/clusters': [{ name: 'dev-1' }] };
  expect(await runWithResponses(bodies, ['clusters', ...flags])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(message),
  });
});

test.each([
  ['name!=dev-1', 'dev=2\n'],
  ['name=dev=*', 'dev=2\n'],
  ['name!=dev?2', 'dev-1\n'],
  ['plan_name!=', 'dev-1\n'],
])('--filter %s selects rows', async (filter, stdout) => {
  const rows = [{ name: 'dev-1', plan_name: 'small' }, { name: 'dev=2' }];
  const words = ['clusters', '-o', 'name', '--filter', filter];
  expect(await runWithResponses({ 'GET /v1/clusters': rows }, words)).toMatchObject({ stdout });
});

test.each(['name', '=x', '!=x'])('--filter %s is a usage error', async (filter) => {
  expect(await runWithResponses({}, ['clusters', '--filter', filter])).toMatchObject({
    code: 2,
    requests: [],
    stderr: expect.stringContaining('expected KEY=VALUE or KEY!=VALUE'),
  });
});

test('an empty list is [] as JSON and YAML', async () => {
  for (const format of ['json', 'yaml']) {
    const words = ['clusters', '-o', format];
    expect((await runWithResponses({ 'GET /v1/clusters': [] }, words)).stdout).toBe('[]\n');
  }
});

test.each<readonly [words: string, path: string, body: object, sent?: object]>([
  ['cluster dev-1', '/v1/clusters/dev-1', { name: 'dev-1', later: 1 }],
  ['task t-1', '/v1/tasks/t-1', { uuid: 't-1' }],
  ['network-profile np', '/v1/network-profiles/np', { name: 'np' }],
  ['k8s-profile kp', '/v1/kubernetes-profiles/kp', { name: 'kp' }],
  ['compute-profile cp', '/v1/compute-profiles/cp', { name: 'cp' }],
  ['quota cody', '/v1/quotas/cody', quota],
  ['usage cody', '/v1/usages/cody', { owner: 'cody', totals }],
  ['uaa user get cody', '/Users', user, scim(user)],
  ['uaa group get pks.clusters.manage', '/Groups', group, scim(group)],
  ['uaa client get ci', '/oauth/clients/ci', client],
  ['uaa idp get --id i-1', '/identity-providers/i-1', provider],
  ['uaa me', '/userinfo', { user_id: 'u-1', user_name: 'cody' }],
])(
  "tpks %s prints the server's object as JSON and YAML",
  async (words, path, body, sent = body) => {
    const run = async (format: string) =>
      (await runWithResponses({ [`GET ${path}`]: sent }, [...words.split(' '), '-o', format]))
        .stdout;
    expect(JSON.parse(await run('json'))).toEqual(body);
    expect(parse(await run('yaml'))).toEqual(body);
  },
);

test('-o with a format that the command does not support is a usage error', async () => {
  for (const words of [
    'cluster dev-1 -o wide',
    'context use x -o name',
    'cluster dev-1 -o csv',
    'clusters -o xml',
  ]) {
    expect(await runWithResponses({}, words.split(' '))).toMatchObject({ code: 2, requests: [] });
  }
});

test('-o name does not hide a generated secret', async () => {
  const words = 'uaa client add ci --authorized_grant_types client_credentials -o name';
  const { stdout } = await runWithResponses({ 'POST /oauth/clients': client }, [
    ...words.split(' '),
    '--generate-secret',
  ]);
  expect(stdout).toMatch(/client_secret: \S{20}/);
});

test('completion offers columns, even after a comma', async () => {
  const complete = async (...words: string[]) =>
    (await createUser().tpks(['__complete', '--', ...words])).stdout.split('\n');
  expect(await complete('plans', '--columns', 'name,i')).toContain('name,id');
  expect(await complete('plans', '--columns', 'name,n')).not.toContain('name,name');
  expect(await complete('quotas', '--sort-by', 'm')).toContain('memory-gb');
  expect(await complete('uaa', 'idps', '--filter', 'o')).toContain('origin=');
  expect(await complete('uaa', 'idps', '--filter', 'origin!')).toContain('origin!=');
  expect(await complete('usages', '-o', 'w')).toContain('wide');
  expect(await complete('usages', '-o', 'c')).toContain('csv');
});

describe('tpks contexts', () => {
  test('shows when a session that cannot be renewed expires', async () => {
    const { tpks } = createUser();
    const clock = fixedClock();
    const { send } = fakeSend({ body: { ...tokenBody, refresh_token: undefined } }, probeResponse);
    await tpks(loginCommand, { send, clock });
    const end = '2026-11-25T10:10:00Z';
    const read = async () => ({
      text: (await tpks(['contexts'], { clock })).stdout,
      json: JSON.parse((await tpks(['contexts', '--json'], { clock })).stdout) as unknown,
    });
    expect(await read()).toEqual({
      text: expect.stringMatching(/ until \d\d:10\n$/),
      json: [expect.objectContaining({ loggedIn: true, loggedInUntil: end })],
    });
    clock.pass(600 + 7 * 60);
    expect(await read()).toEqual({
      text: expect.stringMatching(/ expired 7 min ago\n$/),
      json: [expect.objectContaining({ loggedIn: false, loggedInUntil: end })],
    });
  });
});

/** Tables of the product documentation that no end-to-end test prints, and lists with gaps. */
const tables: [words: string, route: string, body: unknown, expected: string][] = [
  ['plans', 'plans', [], '\nName  ID  Description\n'],
  [
    'network-profiles',
    'network-profiles',
    [
      { name: 'lb-profile-medium', description: 'Medium size NSX-T load balancer' },
      { name: 'small-routable-pod', description: 'Two routable pod networks' },
    ],
    `
Name                Description
lb-profile-medium   Medium size NSX-T load balancer
small-routable-pod  Two routable pod networks
`,
  ],
  [
    'compute-profiles',
    'compute-profiles',
    [{ name: 'dc-east-mixed', description: null }],
    '\nName           Description\ndc-east-mixed\n',
  ],
  [
    'k8s-profiles',
    'kubernetes-profiles',
    [{ name: 'older' }],
    '\nK8s-profile  Owner  Created Date\nolder\n',
  ],
  [
    'tasks',
    'tasks',
    [
      { uuid: 't', clusters: [{ cluster_name: 'a' }, { cluster_name: 'b' }] },
      { uuid: 'u', type: 'UPGRADE', status: 'done', clusters: null },
    ],
    `
ID  Type     Status  StartTime  EndTime  Clusters
t                    ---        ---      a, b
u   UPGRADE  done    ---        ---
`,
  ],
  [
    'task t',
    'tasks/t',
    { uuid: 't', clusters: [{ cluster_name: 'a' }, { cluster_name: 'b', is_canary: true }] },
    `
Your task is:

Name  Status  Start time  End time  isCanary
a             ---         ---       false
b             ---         ---       true
`,
  ],
];

test.each(tables)('tpks %s prints a table for /v1/%s', async (words, route, body, expected) => {
  const result = await runWithResponses({ [`GET /v1/${route}`]: body }, words.split(' '));
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(result.stdout.replaceAll(/ +$/gm, '')).toBe(expected);
});

describe('control characters in names', () => {
  const hostile = 'dev\u001b[2J\u202e\u009b1\tx';
  const bodies = {
    'GET /v1/clusters': [{ name: hostile, uuid: '1' }],
    'GET /Users': scim({ id: '1', userName: hostile }),
  };

  test.each([
    ['pks', 'clusters'],
    ['tkgi', 'clusters'],
    ['uaac', 'users'],
  ])('are escaped by %s %s on a terminal, but not in a pipe', async (programName, command) => {
    const piped = await runWithResponses(bodies, [command], { programName });
    expect(piped).toMatchObject({ code: 0, stderr: '' });
    expect(piped.stdout).toContain(hostile);
    const names = await runWithResponses(bodies, [command, '-o', 'name'], { programName });
    expect(names.stdout.trim().split('\n')).toHaveLength(1);
    const options = { programName, terminalColumns: 200 };
    const screen = await runWithResponses(bodies, [command], options);
    expect(screen.code).toBe(0);
    expect(screen.stdout).toContain('dev\\x1b[2J\\u202e\\x9b1\\tx');
    expect(screen.stdout).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  });

  test.each(['tpks', 'pks', 'tkgi'])(
    'are escaped by %s clusters -o csv on a terminal, but not in a pipe',
    async (programName) => {
      const words = ['clusters', '-o', 'csv'];
      const piped = await runWithResponses(bodies, words, { programName });
      expect(piped.stdout).toContain(`,${hostile},`);
      const screen = await runWithResponses(bodies, words, { programName, terminalColumns: 20 });
      expect(screen.stdout).toContain(',dev\\x1b[2J\\u202e\\x9b1\tx,');
      expect(screen.stdout.split('\r\n')).toHaveLength(3);
    },
  );
});

test.each(['curl', 'uaa curl'])(
  'tpks %s writes a response to a pipe unchanged, and escapes control characters on a terminal',
  async (command) => {
    const body = '\u001b[31mred\u001b[0m\r\n\ttab \u0007\u202e\u009b2J ü漢\n';
    const env = { TPKS_API: 'pks.test', TPKS_USERNAME: 'cody', TPKS_PASSWORD: 'pass-word' };
    const run = (options: object) =>
      createUser().tpks([...command.split(' '), '/x', '-i'], {
        env,
        send: async ({ url }) => ({
          ...toResponse({
            headers: { 'x-title': '\u001b]0;owned\u0007' },
            body: url.endsWith('/oauth/token') ? tokenBody : '',
          }),
          // Characters of several bytes arrive in parts.
          stream: async function* () {
            for (const byte of Buffer.from(body)) yield await Promise.resolve(Buffer.of(byte));
          },
        }),
        ...options,
      });
    expect((await run({})).stdout).toBe(`HTTP 200\nx-title: \u001b]0;owned\u0007\n\n${body}`);
    expect((await run({ terminalColumns: 80 })).stdout).toBe(
      'HTTP 200\nx-title: \\x1b]0;owned\\x07\n\n' +
        '\\x1b[31mred\\x1b[0m\r\n\ttab \\x07\\u202e\\x9b2J ü漢\n',
    );
  },
);

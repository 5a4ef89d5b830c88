import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { runWithResponses } from '../../../support/servers/answering-server.js';
import { createUser } from '../../../support/program/cli.js';
import { fakeSend, probeResponse, tokenBody } from '../../../support/fakes/fake-send.js';
import { aQuota, aUser } from '../../../support/fixtures/fixtures.js';
import { loginCommand } from '../../../support/program/headless.js';

const quota = { ...aQuota(), later: 1 };
const totals = { cpu: 2, memory: 1.5, cluster: 6 };
const scim = (...resources: object[]) => ({ resources, totalResults: resources.length });
const user = aUser({ id: 'u-1', meta: { version: 1 } });
const group = { id: 'g-1', displayName: 'pks.clusters.manage' };
const client = { client_id: 'ci', authorized_grant_types: ['client_credentials'] };
const member = { value: 'u-1', type: 'USER', origin: 'uaa', entity: user };
const me = { user_id: 'u-1', user_name: 'cody' };
const token = {
  ...{ tokenId: 'opaque-token', clientId: 'ci', userId: 'u-1', format: 'OPAQUE' },
  ...{ responseType: 'ACCESS_TOKEN', issuedAt: 1e12, expiresAt: 2e12 },
};

interface ListCase {
  readonly words: string;
  readonly bodies: Readonly<Record<string, unknown>>;
  readonly rows: readonly object[];
  readonly name: string;
  readonly column: string;
}

const pksList = (words: string, row: object, name: string, column: string): ListCase => ({
  ...{ words, name, column, rows: [row], bodies: { [`GET /v1/${words}`]: [row] } },
});
const uaaList = (
  words: string,
  [path, body]: readonly [path: string, body: unknown],
  row: object,
  name: string,
  column: string,
): ListCase => ({
  ...{ words: `uaa ${words}`, rows: [row], name, column },
  bodies: { [`GET ${path}`]: body, 'GET /Groups': scim(group) },
});

const lists: readonly ListCase[] = [
  pksList('clusters', { name: 'dev-1', later: 1 }, 'dev-1', 'Name'),
  pksList('plans', { name: 'small', id: 'p-1', later: 1 }, 'small', 'ID'),
  pksList('tasks', { uuid: 't-1', later: 1 }, 't-1', 'ID'),
  pksList('network-profiles', { name: 'np', later: 1 }, 'np', 'Name'),
  pksList('kubernetes-profiles', { name: 'kp', later: 1 }, 'kp', 'K8s-profile'),
  pksList('compute-profiles', { name: 'cp', later: 1 }, 'cp', 'Name'),
  pksList('quotas', quota, 'cody', 'CPU'),
  pksList('usages', { owner: 'cody', totals }, 'cody', 'CPU'),
  uaaList('users', ['/Users', scim(user)], user, 'cody', 'Origin'),
  uaaList('groups', ['/Groups', scim(group)], group, 'pks.clusters.manage', 'Name'),
  uaaList('clients', ['/oauth/clients', scim(client)], client, 'ci', 'Client ID'),
  uaaList('members pks.clusters.manage', ['/Groups/g-1/members', [member]], member, 'cody', 'Type'),
  ...['ldap'].map((origin) => {
    const row = { groupId: 'g-1', displayName: 'a', externalGroup: 'cn=a', origin };
    return uaaList('group mappings', ['/Groups/External', scim(row)], row, 'cn=a', 'Origin');
  }),
  ...['ldap'].map((originKey) => {
    const row = { id: 'i-1', originKey, type: 'ldap', name: 'LDAP' };
    return uaaList('idps', ['/identity-providers', [row]], row, 'ldap', 'Type');
  }),
  ...['blue'].map((subdomain) => {
    const row = { id: 'z-1', subdomain, name: 'Blue' };
    return uaaList('zones', ['/identity-zones', [row]], row, 'blue', 'Id');
  }),
  uaaList(
    'token list --client ci',
    ['/oauth/token/list/client/ci', [token]],
    token,
    'opaque-token',
    'Format',
  ),
];

describe.each(lists)('tpks $words', ({ words, bodies, rows, name, column }) => {
  const run = (...flags: string[]) => runWithResponses(bodies, [...words.split(' '), ...flags]);
  const key = column.toLowerCase().replaceAll(' ', '-');

  test("prints the server's objects as JSON and YAML, with the flag before or after the command", async () => {
    const json = await run('--json');
    expect(json).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(json.stdout)).toEqual(rows);
    expect((await run('-o', 'json')).stdout).toBe(json.stdout);
    expect(parse((await run('-o', 'yaml')).stdout)).toEqual(rows);
    const withFlagFirst = await runWithResponses(bodies, ['-o', 'yaml', ...words.split(' ')]);
    expect(parse(withFlagFirst.stdout)).toEqual(rows);
  });

  test('prints only the names with -o name', async () => {
    expect((await run('-o', 'name')).stdout).toBe(`${name}\n`);
  });

  test('prints the requested columns and suggests a similar one for an unknown column', async () => {
    const { stdout } = await run('--columns', key);
    expect(stdout.trim().split('\n')[0]?.trim()).toBe(column);
    expect(await run('--columns', `${key}x`)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`Unknown column: "${key}x" (Did you mean ${key}?)`),
    });
    const wide = await run('-o', 'wide');
    expect({ code: wide.code, stdout: wide.stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(column),
    });
  });
});

const filtered = lists.filter(({ words }) => !/users|groups|clients/.test(words));

describe.each(filtered)('tpks $words', ({ words, bodies, name, column }) => {
  const run = (...flags: string[]) =>
    runWithResponses(bodies, [...words.split(' '), ...flags, '-o', 'name']);
  const key = column.toLowerCase().replaceAll(' ', '-');

  test('sorts and filters by a column', async () => {
    expect(await run('--sort-by', key)).toMatchObject({ code: 0, stdout: `${name}\n` });
    expect(await run('--filter', `${key}=no such value`)).toMatchObject({ code: 0, stdout: '' });
    for (const flags of [
      ['--sort-by', `${key}x`],
      ['--filter', `${key}x=a`],
    ]) {
      const { code, stdout, stderr } = await run(...flags);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(
        `Unknown key in ${flags[0] ?? ''}: "${key}x" (Did you mean ${key}?)`,
      );
      expect(stderr).toMatch(new RegExp(`choose from .*${key}`));
    }
  });
});

const cluster = { name: 'dev-1', later: 1 };
const pksObjects: readonly (readonly [words: string, path: string, body: object, name: string])[] =
  [
    ['cluster dev-1', '/v1/clusters/dev-1', cluster, 'dev-1'],
    ['task t-1', '/v1/tasks/t-1', { uuid: 't-1' }, 't-1'],
    ['network-profile np', '/v1/network-profiles/np', { name: 'np' }, 'np'],
    ['k8s-profile kp', '/v1/kubernetes-profiles/kp', { name: 'kp' }, 'kp'],
    ['compute-profile cp', '/v1/compute-profiles/cp', { name: 'cp' }, 'cp'],
    ['quota cody', '/v1/quotas/cody', quota, 'cody'],
    ['usage cody', '/v1/usages/cody', { owner: 'cody', totals }, 'cody'],
  ];

test.each(pksObjects)('tpks %s prints JSON, YAML and the name', async (words, path, body, name) => {
  const run = async (format: string) =>
    (await runWithResponses({ [`GET ${path}`]: body }, [...words.split(' '), '-o', format])).stdout;
  expect(JSON.parse(await run('json'))).toEqual(body);
  expect(parse(await run('yaml'))).toEqual(body);
  expect(await run('name')).toBe(`${name}\n`);
});

test('-o with a format that the command does not support is a usage error', async () => {
  for (const words of ['cluster dev-1 -o wide', 'context use x -o name', 'clusters -o xml']) {
    expect(await runWithResponses({}, words.split(' '))).toMatchObject({ code: 2, requests: [] });
  }
});

test('tpks contexts and tpks uaa targets support the same output options', async () => {
  const { tpks } = createUser();
  await tpks(loginCommand, { send: fakeSend({ body: tokenBody }, probeResponse).send });
  const print = async (words: string) => (await tpks(words.split(' '))).stdout;
  expect(await print('contexts -o name')).toBe('cody@pks.test\n');
  expect(await print('contexts --columns name,logged-in')).toMatch(/\ncody@pks.test +yes\n/);
  expect(await print('contexts --filter store=keychain -o name')).toBe('');
  expect(await print('uaa contexts -o name')).toBe('cody@pks.test\n');
  expect(await print('uaa targets -o name')).toBe('https://pks.test:8443\n');
  expect(parse(await print('contexts -o yaml'))).toEqual(
    JSON.parse(await print('contexts --json')),
  );
});

test('every command accepts -o json like --json', async () => {
  const { tpks } = createUser();
  const { stdout } = await tpks(['status', '--json']);
  expect((await tpks(['-o', 'json', 'status'])).stdout).toBe(stdout);
});

test('completion offers columns, even after a comma', async () => {
  const complete = async (...words: string[]) =>
    (await createUser().tpks(['__complete', '--', ...words])).stdout.split('\n');
  expect(await complete('plans', '--columns', 'name,i')).toContain('name,id');
  expect(await complete('plans', '--columns', 'name,n')).not.toContain('name,name');
  expect(await complete('quotas', '--sort-by', 'm')).toContain('memory-gb');
  expect(await complete('uaa', 'idps', '--filter', 'o')).toContain('origin=');
  expect(await complete('usages', '-o', 'w')).toContain('wide');
});

const uaaObjects: readonly (readonly [
  words: string,
  bodies: Readonly<Record<string, unknown>>,
  object: object,
  name: string,
])[] = [
  ['user get cody', { 'GET /Users': scim(user) }, user, 'cody'],
  ['group get pks.clusters.manage', { 'GET /Groups': scim(group) }, group, 'pks.clusters.manage'],
  ['client get ci', { 'GET /oauth/clients/ci': client }, client, 'ci'],
  [
    'idp get --id i-1',
    { 'GET /identity-providers/i-1': { id: 'i-1', originKey: 'ldap', type: 'ldap' } },
    { id: 'i-1', originKey: 'ldap', type: 'ldap' },
    'ldap',
  ],
  ['me', { 'GET /userinfo': me }, me, 'cody'],
];

test.each(uaaObjects)(
  'tpks uaa %s prints JSON, YAML and the name',
  async (words, bodies, object, name) => {
    const run = async (format: string) =>
      (await runWithResponses(bodies, ['uaa', ...words.split(' '), '-o', format])).stdout;
    expect(JSON.parse(await run('json'))).toEqual(object);
    expect(parse(await run('yaml'))).toEqual(object);
    expect(await run('name')).toBe(`${name}\n`);
  },
);

test('-o name does not hide a generated secret', async () => {
  const words = 'uaa client add ci --authorized_grant_types client_credentials -o name';
  const { stdout } = await runWithResponses({ 'POST /oauth/clients': client }, [
    ...words.split(' '),
    '--generate-secret',
  ]);
  expect(stdout).toMatch(/client_secret: \S{20}/);
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  createUserRunner,
  outcomeOf,
  users,
  type Outcome,
  type User,
} from '../support/fixtures/users.js';
import { displayWidth } from '../../src/platform/terminal/lines.js';
import { createUser } from '../support/program/cli.js';
import type { TpksResult, HeadlessOptions } from '../support/program/headless.js';
import { createNodeOnly } from '../support/runner/node-only.js';
import { startFaultySandbox, type FaultyInstallation } from '../support/servers/front.js';

const nodeOnly = createNodeOnly('makes the streams look like a terminal');

let front: FaultyInstallation;
let runAs: (user: User, words: readonly string[], options?: HeadlessOptions) => Promise<TpksResult>;

beforeAll(async () => {
  [, front] = await startFaultySandbox();
  runAs = createUserRunner(createUser().tpks, front);
});
afterAll(() => front.close());

const limits = ['--cpu', '4', '--memory', '5.5', '--clusters', '10'];

test('a quota is created, partly updated, shown and deleted', async () => {
  front.reset();
  const created = await runAs('alana', ['create-quota', 'erin', ...limits]);
  expect(created).toMatchObject({ code: 0, stderr: '' });
  expect(created.stdout).toBe(`
Owner:        erin
CPU:          4
Memory (GB):  5.5
Clusters:     10
`);
  expect(front.api.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
    ['POST', '/v1/quotas', '{"owner":"erin","limit":{"cpu":4,"memory":5.5,"cluster":10}}'],
  ]);

  front.reset();
  const updated = await runAs('alana', ['update-quota', 'erin', '--clusters', '3', '--json']);
  expect(JSON.parse(updated.stdout)).toEqual({
    owner: 'erin',
    limit: { cpu: 4, memory: 5.5, cluster: 3 },
  });
  expect(front.api.requests.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
  front.reset();
  await runAs('alana', ['update-quota', 'erin', ...limits]);
  expect(front.api.requests.map(({ method }) => method)).toEqual(['PATCH']);

  expect((await runAs('alana', ['quotas'])).stdout).toMatch(
    /^\nOwner +CPU +Memory \(GB\) +Clusters\n[^]*\nerin +4 +5\.5 +10\n/,
  );
  const declined = await runAs('alana', ['delete-quota', 'erin'], { stdin: 'no\n' });
  expect(declined).toMatchObject({ code: 0, stdout: '' });
  expect(declined.stderr).toContain('Are you sure you want to delete the quota of erin? (y/n): no');
  const deleted = await runAs('alana', ['delete-quota', 'erin', '--non-interactive']);
  expect(deleted).toMatchObject({ code: 0, stdout: 'Deletion of the quota of erin completed\n' });
  const missing = await runAs('alana', ['quota', 'erin']);
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain('\nError: Quota of erin not found\n');
});

test('--dry-run shows the request and sends only reads', async () => {
  front.reset();
  const { code, stdout, stderr } = await runAs('alana', [
    'update-quota',
    'dana',
    '--cpu',
    '1',
    '--dry-run',
  ]);
  expect([code, stderr]).toEqual([0, 'Dry run: nothing was sent\n']);
  const [line, , ...body] = stdout.split('\n');
  expect(line).toBe(`PATCH ${front.api.origin}/v1/quotas/dana`);
  expect(JSON.parse(body.join('\n'))).toEqual({
    owner: 'dana',
    limit: { cpu: 1, memory: 64, cluster: 2 },
  });
  expect(front.api.requests.map(({ method }) => method)).toEqual(['GET']);
});

test('usages shows the usage of each user, and usage shows the usage of each cluster', async () => {
  expect((await runAs('alana', ['usages'])).stdout).toBe(`
Owner  CPU  Memory (GB)  Clusters
alana  80   320          2
cody   14   28           3
`);
  const own = await runAs('cody', ['usage', 'cody']);
  expect(own.stdout).toBe(`
Owner:        cody
CPU:          14
Memory (GB):  28
Clusters:     3

Cluster  CPU  Memory (GB)
dev-1    4    8
dev-2    6    12
dev-3    4    8
`);
});

describe('if a quota would be exceeded', () => {
  const create = ['create-cluster', 'more', '-e', 'more.example.com', '-p', 'small'];
  const resize = ['resize', 'dev-1', '-n', '3', '--non-interactive'];
  const setQuota = async (cpu: number, clusters: number) => {
    const limit = ['--cpu', String(cpu), '--memory', '99', '--clusters', String(clusters)];
    await runAs('alana', ['update-quota', 'cody', ...limit]);
    front.reset();
  };

  beforeAll(() => runAs('alana', ['create-quota', 'cody', ...limits]));
  afterAll(() => runAs('alana', ['delete-quota', 'cody', '--non-interactive']));

  test('create-cluster names the limit and suggests commands', async () => {
    await setQuota(99, 3);
    const { code, stdout, stderr } = await runAs('cody', create);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`
Error: The quota of cody would be exceeded: 3 of 3 clusters are used
Hint: show the usage: tpks usage cody
      an administrator can raise the limit: tpks update-quota cody --clusters N
`);
  });

  test.each([[resize], [['update-cluster', ...resize.slice(1)]]])(
    '%j estimates the resources of the new workers',
    async (words) => {
      await setQuota(15, 9);
      const { code, stderr } = await runAs('cody', words);
      expect(code).toBe(1);
      expect(stderr).toContain(
        'would be exceeded: 2 more workers need about 4 CPUs, but 14 of 15 are used\n',
      );
    },
  );
});

nodeOnly.describe('on a terminal', () => {
  const at = (terminalColumns: number) => ({ terminalColumns, env: { NO_COLOR: '1' } });
  const full = '\u2588';
  const empty = '\u2591';
  const bar = (filled: number) => full.repeat(filled) + empty.repeat(10 - filled);
  const requests = () => front.api.requests.map(({ method, path }) => `${method} ${path}`);

  beforeAll(async () => {
    const limit = ['--cpu', '20', '--memory', '29', '--clusters', '2'];
    await runAs('alana', ['create-quota', 'cody', ...limit]);
  });
  afterAll(async () => {
    await runAs('alana', ['delete-quota', 'cody', '--non-interactive']);
  });
  beforeEach(() => front.reset());

  const usages = [
    'OWNER  RESOURCE     USED',
    'alana  CPU          80',
    '       Memory (GB)  320',
    '       Clusters     2',
    `cody   CPU          14 of 20  ${bar(7)}`,
    `       Memory (GB)  28 of 29  ${bar(9)}`,
    `       Clusters     3 of 2    ${bar(10)}`,
    '',
  ];

  test.each([60, 80, 120, 200])('usages shows the limits at %i columns', async (columns) => {
    expect((await runAs('alana', ['usages'], at(columns))).stdout.split('\n')).toEqual(usages);
    expect(requests()).toEqual(['GET /v1/usages', 'GET /v1/quotas']);
  });

  test.each([60, 80, 120, 200])('long and wide names fit %i columns', async (columns) => {
    const owner = '\u958b\u767a\u30c1\u30fc\u30e0-'.repeat(4);
    const totals = { cpu: 12345, memory: 23456.5, cluster: 99 };
    const clusters = [{ name: `${owner}-cluster-`.repeat(3), cpu: 1, memory: 2 }];
    const usage = { owner, totals, clusters };
    const quota = { owner, limit: { cpu: 20000, memory: 40000, cluster: 100 } };
    front.api.setBehaviour(({ path }, response) => {
      const item = path.startsWith('/v1/quotas') ? quota : usage;
      response.end(JSON.stringify(/s$/.test(path) ? [item] : item));
    });
    for (const words of [['usages'], ['usage', owner], ['quotas'], ['quota', owner]]) {
      const { code, stdout } = await runAs('alana', words, at(columns));
      expect(code).toBe(0);
      const lines = stdout.split('\n');
      expect(lines.filter((line) => displayWidth(line) > columns)).toEqual([]);
      expect(stdout).toContain(owner.slice(0, 4));
      expect(stdout).toContain(words[0] === 'usages' ? '23456.5 of 40000' : '\n');
    }
  });

  test('a quota that is nearly used up or exceeded has a color', async () => {
    const { stdout } = await runAs('cody', ['usages'], { terminalColumns: 80 });
    expect(stdout).toContain(`\u001b[33m${bar(9)}\u001b[39m`);
    expect(stdout).toContain(`\u001b[31m3 of 2\u001b[39m    \u001b[31m${bar(10)}\u001b[39m`);
  });

  test.each<[string[], string[]]>([
    [['--filter', 'owner=alana'], usages.slice(0, 4)],
    [
      ['--sort-by', 'cpu', '-o', 'wide'],
      [...usages.slice(0, 1), ...usages.slice(4, 7), ...usages.slice(1, 4)],
    ],
  ])('usages %j selects and sorts the owners', async (flags, expected) => {
    const { stdout } = await runAs('alana', ['usages', ...flags], at(80));
    expect(stdout.trim().split('\n')).toEqual(expected.map((line) => line.trimEnd()));
  });

  test('usages warns if the limits cannot be read, and shows the usage', async () => {
    front.api.setBehaviour((request, response, reset) => {
      if (request.path === '/v1/quotas') response.writeHead(500).end('{}');
      else front.forwardToApi(request, response, reset);
    });
    const { code, stdout, stderr } = await runAs('alana', ['usages'], at(80));
    expect([code, stdout]).toEqual([0, expect.stringContaining('cody   CPU          14\n')]);
    expect(stderr).toContain('Warning: the limits cannot be shown: ');
  });

  test('usages --columns shows the usual table and reads no quotas', async () => {
    const { stdout } = await runAs('alana', ['usages', '--columns', 'owner,cpu'], at(80));
    expect(stdout).toBe('OWNER  CPU\nalana  80\ncody   14\n');
    expect(requests()).toEqual(['GET /v1/usages']);
  });

  test.each([403, 404, 405])(
    'usages has no limits if the API rejects the quotas with %i',
    async (status) => {
      front.api.setBehaviour((request, response, reset) => {
        if (request.path === '/v1/quotas') response.writeHead(status).end('{}');
        else front.forwardToApi(request, response, reset);
      });
      const { code, stdout } = await runAs('alana', ['usages'], at(80));
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^cody +CPU +14$/m)]);
    },
  );

  test.each<[string[]]>([[['usages']], [['usages', '-o', 'json']], [['usage', 'cody']]])(
    '%j reads no quotas in a pipe',
    async (words) => {
      await runAs('alana', words);
      expect(requests()).toHaveLength(1);
    },
  );

  test('usage shows the totals with their limits, and the clusters', async () => {
    const { stdout } = await runAs('cody', ['usage', 'cody'], at(60));
    expect(stdout.split('\n')).toEqual([
      'Owner:        cody',
      `CPU:          14 of 20  ${bar(7)}`,
      `Memory (GB):  28 of 29  ${bar(9)}`,
      `Clusters:     3 of 2    ${bar(10)}`,
      '',
      'CLUSTER  CPU  MEMORY (GB)',
      'dev-1    4    8',
      'dev-2    6    12',
      'dev-3    4    8',
      '',
    ]);
    const own = await runAs('alana', ['usage', 'alana'], at(60));
    expect(own.stdout).toMatch(/^CPU: +80$/m);
  });

  test('quota and quotas have no empty line at the start', async () => {
    expect((await runAs('cody', ['quota', 'cody'], at(60))).stdout).toBe(
      'Owner:        cody\nCPU:          20\nMemory (GB):  29\nClusters:     2\n',
    );
    expect((await runAs('cody', ['quotas'], at(60))).stdout).toBe(
      'OWNER  CPU  MEMORY (GB)  CLUSTERS\ncody   20   29           2\n',
    );
  });
});

/** The outcomes for alana, cody, naomi and dana. @see docs/contributing/servers/pks-api.md#scopes */
const matrix: readonly [string, string[], Outcome[]][] = [
  ['quota', ['dana'], ['done', 404, 'done', 403]],
  ['quotas', [], ['done', 'done', 'done', 403]],
  ['usage', ['alana'], ['done', 404, 'done', 403]],
  ['usages', [], ['done', 'done', 'done', 403]],
];

test.each(matrix)(
  '%s shows what the scope of the user allows',
  async (command, words, expected) => {
    const outcomes = [];
    for (const user of users) {
      outcomes.push(outcomeOf(await runAs(user, [command, ...words])));
    }
    expect(outcomes).toEqual(expected);
  },
);

describe('invalid input', () => {
  test.each([
    ['--cpu', '-1'],
    ['--cpu', '2147483648'],
    ['--memory', '5GB'],
    ['--clusters', '0'],
  ])('update-quota %s %j exits with 2 and sends nothing', async (flag, value) => {
    front.reset();
    const { code, stdout, stderr } = await runAs('alana', ['update-quota', 'dana', flag, value]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`Error: Invalid value for ${flag}: `);
    expect([...front.api.requests, ...front.uaa.requests]).toEqual([]);
  });

  test.each([
    ['create-quota', 'dana', '--cpu', '1'],
    ['create-quota', ...limits],
    ['update-quota', 'dana'],
    ['quota'],
    ['delete-quota', 'dana'],
  ])(
    '%s without a required argument or option exits with 2 and sends nothing',
    async (...words) => {
      front.reset();
      const { code, stdout } = await runAs('alana', words);
      expect([code, stdout]).toEqual([2, '']);
      expect(front.api.requests).toEqual([]);
    },
  );
});

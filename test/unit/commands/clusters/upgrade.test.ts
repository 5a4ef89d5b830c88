import { describe, expect, test } from '@jest/globals';
import type { Cluster, Task } from '../../../../src/api/pks/clusters.js';
import { TpksError } from '../../../../src/base/errors.js';
import { upgradeCluster, upgradeClusters } from '../../../../src/commands/clusters/upgrade.js';
import { aCluster } from '../../../support/fixtures/contexts-and-clusters.js';
import { clusterCommand, type CommandOptions } from '../../../support/program/cluster-command.js';

const prompt = 'Continue? (y/n):';
const uuid = 'd772aba0-2670-4fba-b26c-044b19d6ab60';
const warning =
  'Warning: This operation may be long running and may block further operations on the cluster(s) until complete';

function task(status: string, ...states: string[]): Task {
  const names = ['k8-cluster-000', 'k8-cluster-001'];
  return {
    uuid,
    status,
    clusters: states.map((last_action_state, index) => ({
      cluster_name: names[index] ?? '',
      last_action_state,
      is_canary: false,
    })),
  };
}

function recordCommand(options: CommandOptions = {}) {
  const requests: unknown[] = [];
  const command = clusterCommand({
    ...options,
    clusters: {
      upgrade: async (request) => {
        requests.push(request);
        return task('in progress', 'in progress');
      },
      get: async (name) => aCluster({ name, pks_version: '1.6.1-build.6' }),
      ...options.clusters,
    },
  });
  return { ...command, requests };
}

test('upgrade-clusters lists the clusters and their versions, canaries first, and asks with the prompt of the original CLI', async () => {
  const { deps, requests, terminal } = recordCommand({
    answers: { [prompt]: 'y' },
    clusters: { getUpgradeVersion: async () => '1.7.0-build.26' },
  });
  await upgradeClusters(
    {
      clusters: 'k8-cluster-001, k8-cluster-002',
      canaries: 'k8-cluster-000',
      maxInFlight: '2',
    },
    deps,
  );
  expect(terminal.notes).toEqual([
    'You are about to upgrade k8-cluster-000, k8-cluster-001 and k8-cluster-002.',
    warning,
    '',
    'Installation https://api.example.com:9021, user cody',
    'k8-cluster-000: 1.6.1-build.6 -> 1.7.0-build.26',
    'k8-cluster-001: 1.6.1-build.6 -> 1.7.0-build.26',
    'k8-cluster-002: 1.6.1-build.6 -> 1.7.0-build.26',
  ]);
  expect(terminal.prompts).toEqual([prompt]);
  expect(terminal.lines).toEqual([`Your taskID for the upgrade task is: ${uuid}`]);
  expect(requests).toEqual([
    {
      clusters: ['k8-cluster-001', 'k8-cluster-002'],
      canaries: ['k8-cluster-000'],
      max_in_flight: 2,
    },
  ]);
});

test('upgrade-cluster asks for confirmation and sends one cluster', async () => {
  const { deps, requests, terminal } = recordCommand({ answers: { [prompt]: 'y' } });
  await upgradeCluster({ name: 'c1', nodesParallel: '2' }, deps);
  expect(terminal.notes[0]).toBe('You are about to upgrade c1.');
  expect(requests).toEqual([
    { clusters: ['c1'], canaries: [], max_in_flight: 1, nodes_parallel: 2 },
  ]);
});

test.each([
  [undefined, '1.7.0-build.26', 'c1: unknown version -> 1.7.0-build.26'],
  ['1.6.1-build.6', undefined, 'c1: 1.6.1-build.6 -> unknown version'],
  ['1.7.0-build.26', '1.7.0-build.26', 'c1: already at 1.7.0-build.26'],
])('upgrade-cluster describes an upgrade from %s to %s', async (pks_version, version, line) => {
  const { deps, terminal } = recordCommand({
    answers: { [prompt]: 'n' },
    clusters: {
      getUpgradeVersion: async () => version,
      get: async (name) => aCluster({ name, pks_version }),
    },
  });
  await upgradeCluster({ name: 'c1' }, deps);
  expect(terminal.notes.slice(-2)).toEqual([line, 'Cancelled']);
});

test('upgrade-cluster does not read the cluster with --non-interactive', async () => {
  const unexpected = () => Promise.reject(new Error('unexpected request'));
  const { deps, requests } = recordCommand({
    global: { interactive: false },
    clusters: { get: unexpected },
  });
  await upgradeCluster({ name: 'c1' }, deps);
  expect(requests).toHaveLength(1);
});

test('upgrade-clusters sends nothing if a cluster does not exist', async () => {
  const error = new TpksError('notFound', 'Cluster c1 not found', { hint: '' });
  const { deps, requests } = recordCommand({
    answers: { [prompt]: 'y' },
    clusters: { get: () => Promise.reject(error) },
  });
  const flags = { clusters: 'c1,c2', maxInFlight: '1' };
  await expect(upgradeClusters(flags, deps)).rejects.toBe(error);
  expect(requests).toEqual([]);
});

describe('upgrade-clusters --all-outdated', () => {
  const [from, to] = ['1.6.1-build.6', '1.7.0-build.26'];
  const outdated = (name: string, fields: Partial<Cluster> = {}) =>
    aCluster({ name, pks_version: from, ...fields });
  const clusters = [
    outdated('prod-1'),
    aCluster({ name: 'new', pks_version: to, last_action_state: 'in progress' }),
    outdated('dev-1', { last_action: 'UPGRADE', last_action_state: 'failed' }),
    outdated('old', { pks_version: null, plan_name: 'medium' }),
    outdated('updating', { last_action: 'UPDATE', last_action_state: 'in progress' }),
    outdated('queued', { last_action: 'UPGRADE', last_action_state: 'queued' }),
    outdated('broken', { last_action: 'CREATE', last_action_state: 'failed' }),
    outdated('half', { last_action: 'DELETE', last_action_state: 'failed' }),
    outdated('lost', { last_action: null, last_action_state: 'queued' }),
  ];
  const skipped = [
    'Skipped:',
    '  updating: UPDATE in progress',
    '  queued: UPGRADE queued',
    '  broken: CREATE failed',
    '  half: DELETE failed',
    '  lost: operation queued',
  ];
  const flags = { allOutdated: true, maxInFlight: '1' };
  const record = (options: CommandOptions = {}) =>
    recordCommand({
      ...options,
      clusters: {
        list: async () => clusters,
        getUpgradeVersion: async () => to,
        get: () => Promise.reject(new Error('unexpected request')),
        ...options.clusters,
      },
    });

  test('shows the versions and the order, canaries first, and asks', async () => {
    const { deps, requests, terminal } = record({ answers: { [prompt]: 'y' } });
    await upgradeClusters({ ...flags, canaries: 'old', maxInFlight: '2' }, deps);
    expect(terminal.notes).toEqual([
      'Canaries, one at a time:',
      `  old: unknown version -> ${to}`,
      'Then, 2 at a time:',
      `  prod-1: ${from} -> ${to}`,
      `  dev-1: ${from} -> ${to}`,
      ...skipped,
      'You are about to upgrade old, prod-1 and dev-1.',
      warning,
      '',
      'Installation https://api.example.com:9021, user cody',
    ]);
    expect(terminal.prompts).toEqual([prompt]);
    expect(requests).toEqual([
      { clusters: ['prod-1', 'dev-1'], canaries: ['old'], max_in_flight: 2 },
    ]);
  });

  test('never sends canaries alone', async () => {
    const { deps, requests } = record({ global: { yes: true } });
    const filter = [
      { key: 'name', value: '*d*1' },
      { key: 'name', value: '*-1' },
    ];
    await upgradeClusters({ ...flags, canaries: 'dev-1,prod-1', filter }, deps);
    expect(requests).toEqual([{ clusters: ['prod-1'], canaries: ['dev-1'], max_in_flight: 1 }]);
  });

  test.each(['tpks', 'pks'])('shows the same without asking with --yes as %s', async (program) => {
    const { deps, requests, terminal } = record({ program, global: { yes: true, json: true } });
    await upgradeClusters({ ...flags, filter: [{ key: 'plan-name', value: 'm*' }] }, deps);
    expect(terminal.notes).toEqual([
      'In this order, one at a time:',
      `  old: unknown version -> ${to}`,
      'You are about to upgrade old.',
      warning,
      '',
    ]);
    expect(requests).toEqual([{ clusters: ['old'], canaries: [], max_in_flight: 1 }]);
    expect(terminal.json).toEqual([task('in progress', 'in progress')]);
  });

  test.each([
    ['new', [], 'No changes: no outdated cluster matches --filter'],
    [
      'b*',
      skipped.filter((line) => !/: (UP|op|DEL)/.test(line)),
      'No changes: no outdated cluster can be upgraded now',
    ],
    [undefined, [], 'No changes: no cluster is outdated'],
  ])(
    'sends nothing if the filter name=%s selects no cluster to upgrade',
    async (value, notes, line) => {
      const known = value === undefined ? { list: async () => clusters.slice(1, 2) } : {};
      const { deps, requests, terminal } = record({ clusters: known });
      const filter = value === undefined ? {} : { filter: [{ key: 'name', value }] };
      await upgradeClusters({ ...flags, ...filter }, deps);
      expect(terminal).toMatchObject({
        notes,
        lines: [`${line} (version of the installation: ${to})`],
        json: [null],
      });
      expect(requests).toEqual([]);
    },
  );

  test.each<readonly [Partial<Parameters<typeof upgradeClusters>[0]>, object]>([
    [
      { canaries: 'dev-1,new,queued,nope' },
      {
        message: 'Canaries are not among the clusters to upgrade: new, queued, nope',
        hint: `list the outdated clusters: tpks clusters --filter pks-version!=${to}`,
      },
    ],
    [
      { canaries: 'dev-1', filter: [{ key: 'name', value: 'prod-*' }] },
      { message: 'Canaries are not among the clusters to upgrade: dev-1' },
    ],
    [{ filter: [{ key: 'nam', value: 'x' }] }, { message: expect.stringMatching('Unknown key') }],
    [
      { clusters: 'prod-1' },
      {
        message: '--clusters and --all-outdated cannot be used together',
        hint: 'tpks upgrade-clusters --clusters NAME,NAME, or tpks upgrade-clusters --all-outdated',
      },
    ],
    [
      { allOutdated: false, clusters: 'prod-1', filter: [{ key: 'name', value: 'x' }] },
      {
        message: '--filter requires --all-outdated',
        hint: 'tpks upgrade-clusters --all-outdated --filter KEY=VALUE',
      },
    ],
  ])('rejects %j', async (invalid, error) => {
    const { deps, requests } = record({ global: { interactive: false } });
    const run = upgradeClusters({ ...flags, ...invalid }, deps);
    await expect(run).rejects.toMatchObject({ kind: 'usage', ...error });
    expect(requests).toEqual([]);
  });

  test('fails if the API does not report the version of the installation', async () => {
    const { deps } = record({ clusters: { getUpgradeVersion: async () => undefined } });
    await expect(upgradeClusters(flags, deps)).rejects.toMatchObject({
      kind: 'failed',
      message: 'The API did not return the version to upgrade to',
      hint: 'only PKS 1.5 and later return it; name the clusters instead: tpks upgrade-clusters --clusters NAME,NAME',
    });
  });
});

test.each([
  [{ clusters: '' }, '--clusters contains an empty name'],
  [{ clusters: 'a,,b' }, '--clusters contains an empty name'],
  [{ clusters: 'a,a' }, '--clusters contains a twice'],
  [{ canaries: 'b, ' }, '--canaries contains an empty name'],
  [
    { maxInFlight: '0' },
    'Invalid value for --max-in-flight: 0 (expected a whole number from 1 to 2147483647)',
  ],
  [
    { maxInFlight: 'x' },
    'Invalid value for --max-in-flight: x (expected a whole number from 1 to 2147483647)',
  ],
])('upgrade-clusters rejects %j and sends nothing', async (invalid, message) => {
  const { deps, requests } = recordCommand({ global: { interactive: false } });
  const flags = { clusters: 'a', maxInFlight: '1', ...invalid };
  await expect(upgradeClusters(flags, deps)).rejects.toMatchObject({ kind: 'usage', message });
  expect(requests).toEqual([]);
});

describe('upgrade-clusters --wait', () => {
  const flags = { clusters: 'k8-cluster-000', maxInFlight: '1', wait: true };

  test('prints only the finished task with --json', async () => {
    const done = task('done', 'succeeded');
    const { deps, terminal } = recordCommand({
      global: { interactive: false, json: true },
      tasks: [task('in progress', 'in progress'), done],
    });
    await upgradeClusters(flags, deps);
    expect(terminal.json).toEqual([done]);
  });

  test('fails if the task is canceled', async () => {
    const { deps } = recordCommand({
      global: { interactive: false },
      tasks: [task('canceled', 'in progress'), task('canceled', 'succeeded')],
    });
    await expect(upgradeClusters(flags, deps)).rejects.toMatchObject({
      kind: 'failed',
      message: 'The upgrade was canceled',
    });
  });
});

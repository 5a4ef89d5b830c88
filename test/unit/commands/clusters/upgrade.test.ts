import { describe, expect, test } from '@jest/globals';
import { upgradeCluster } from '../../../../src/commands/clusters/upgrade-cluster.js';
import { upgradeClusters } from '../../../../src/commands/clusters/upgrade-clusters.js';
import type { Task } from '../../../../src/pks/tasks.js';
import { clusterCommand, type CommandOptions } from '../../../support/cluster-command.js';
import { aCluster } from '../../../support/fixtures.js';

const question = 'Continue? (y/n):';
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

function recording(options: CommandOptions = {}) {
  const sent: unknown[] = [];
  const begun = clusterCommand({
    ...options,
    clusters: {
      upgrade: async (request) => {
        sent.push(request);
        return task('in progress', 'in progress');
      },
      ...options.clusters,
    },
  });
  return { ...begun, sent };
}

test('tells which clusters, canaries first, and asks in the original’s words', async () => {
  const { deps, sent, terminal } = recording({ answers: { [question]: 'y' } });
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
  ]);
  expect(terminal.asked).toEqual([question]);
  expect(terminal.lines).toEqual([`Your taskID for the upgrade task is: ${uuid}`]);
  expect(sent).toEqual([
    {
      clusters: ['k8-cluster-001', 'k8-cluster-002'],
      canaries: ['k8-cluster-000'],
      max_in_flight: 2,
    },
  ]);
});

test('one cluster is upgraded the same way', async () => {
  const { deps, sent, terminal } = recording({ answers: { [question]: 'y' } });
  await upgradeCluster({ name: 'c1', nodesParallel: '2' }, deps);
  expect(terminal.notes[0]).toBe('You are about to upgrade c1.');
  expect(sent).toEqual([{ clusters: ['c1'], canaries: [], max_in_flight: 1, nodes_parallel: 2 }]);
});

test.each([
  ['1.13.5-build.1', false],
  ['1.14.0-build.39', true],
  ['1.20.0-build.52', true],
  ['2.0.0', true],
  [undefined, false],
])('an upgrade to %s warns of another runtime: %s', async (version, warns) => {
  const { deps, terminal } = recording({
    answers: { [question]: 'n' },
    clusters: { getUpgradeVersion: async () => version },
  });
  await upgradeCluster({ name: 'c1' }, deps);
  const runtime =
    'Warning: The runtime will switch to containerd unless you have set the "lock_container_runtime" flag';
  expect(terminal.notes.slice(1, -2)).toEqual(warns ? [warning, runtime] : [warning]);
});

test('without a yes nothing is begun', async () => {
  const { deps, sent, terminal } = recording({ answers: { [question]: 'n' } });
  await upgradeCluster({ name: 'c1' }, deps);
  expect(sent).toEqual([]);
  expect(terminal.notes.at(-1)).toBe('Cancelled');
});

test('a canary that is named in both lists is upgraded once', async () => {
  const { deps, sent } = recording({ global: { interactive: false } });
  await upgradeClusters({ clusters: 'a,b', canaries: 'a', maxInFlight: '1' }, deps);
  expect(sent).toEqual([{ clusters: ['b'], canaries: ['a'], max_in_flight: 1 }]);
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
])('%j is refused before anything is sent', async (wrong, message) => {
  const { deps, sent } = recording({ global: { interactive: false } });
  const flags = { clusters: 'a', maxInFlight: '1', ...wrong };
  await expect(upgradeClusters(flags, deps)).rejects.toMatchObject({ kind: 'usage', message });
  expect(sent).toEqual([]);
});

describe('with --wait', () => {
  const flags = { clusters: 'k8-cluster-000', maxInFlight: '1', wait: true };

  test('each event is a line of its own, in the original’s words', async () => {
    const { deps, terminal } = recording({
      global: { interactive: false },
      tasks: [task('in progress', 'in progress'), task('done', 'succeeded')],
    });
    await upgradeClusters(flags, deps);
    expect(terminal.lines).toEqual([
      `Your taskID for the upgrade task is: ${uuid}`,
      'Started upgrading cluster: k8-cluster-000',
      'Finished upgrading cluster: k8-cluster-000',
      `Upgrade task ${uuid} is done.`,
    ]);
  });

  test('as JSON there is the task alone, at the end', async () => {
    const done = task('done', 'succeeded');
    const { deps, terminal } = recording({
      global: { interactive: false, json: true },
      tasks: [task('in progress', 'in progress'), done],
    });
    await upgradeClusters(flags, deps);
    expect(terminal.json).toEqual([done]);
  });

  test('a cluster that fails ends it with 1, in the server’s words', async () => {
    const { deps, terminal } = recording({
      global: { interactive: false },
      tasks: [task('done', 'failed', 'queued')],
      clusters: {
        get: async (name) =>
          aCluster({ name, last_action_state: 'failed', last_action_description: 'No room' }),
      },
    });
    await expect(upgradeClusters(flags, deps)).rejects.toMatchObject({
      kind: 'failed',
      message: 'Not upgraded: k8-cluster-000, k8-cluster-001: No room',
      hint: `show the state of each cluster: tpks task ${uuid}`,
    });
    expect(terminal.lines).toContain('Upgrading cluster failed: k8-cluster-000');
  });

  test('a task that somebody cancels ends it with 1 too', async () => {
    const { deps } = recording({
      global: { interactive: false },
      tasks: [task('canceled', 'in progress'), task('canceled', 'succeeded')],
    });
    await expect(upgradeClusters(flags, deps)).rejects.toMatchObject({
      kind: 'failed',
      message: 'The upgrade was canceled',
    });
  });

  test('the reason is not worth an error of its own', async () => {
    const { deps } = recording({
      global: { interactive: false },
      tasks: [task('done', 'failed')],
      clusters: { get: () => Promise.reject(new Error('away')) },
    });
    await expect(upgradeClusters(flags, deps)).rejects.toMatchObject({
      message: 'Not upgraded: k8-cluster-000: the server gives no reason',
    });
  });
});

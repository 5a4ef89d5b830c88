import { describe, expect, test } from '@jest/globals';
import type { Cluster, Task } from '../../../../src/api/pks/clusters.js';
import { TpksError } from '../../../../src/base/errors.js';
import { createCluster } from '../../../../src/commands/clusters/create-cluster.js';
import { deleteCluster } from '../../../../src/commands/clusters/delete-cluster.js';
import { resize, updateCluster } from '../../../../src/commands/clusters/update-cluster.js';
import { upgradeClusters } from '../../../../src/commands/clusters/upgrade.js';
import { waitForCluster } from '../../../../src/commands/waiting/wait-for-cluster.js';
import {
  findUpgradeStart,
  waitForUpgrade,
} from '../../../../src/commands/waiting/wait-for-upgrade.js';
import { displayWidth } from '../../../../src/platform/terminal/lines.js';
import { aCluster } from '../../../support/fixtures/contexts-and-clusters.js';
import { clusterCommand, type CommandOptions } from '../../../support/program/cluster-command.js';

const busy = (action: string, changes: Partial<Cluster> = {}) =>
  aCluster({ last_action: action, last_action_state: 'in progress', ...changes });
const finished = (action: string, changes: Partial<Cluster> = {}) =>
  aCluster({ last_action: action, ...changes });
const notFound = new TpksError('notFound', 'Cluster c1 not found', { status: 404 });

/** Runs a command on a terminal. @param states - of the cluster in each response; the last one is repeated. */
function onTerminal(states: readonly (Cluster | TpksError)[], options: CommandOptions = {}) {
  const left = [...states];
  return clusterCommand({
    columns: 80,
    global: { interactive: false },
    ...options,
    clusters: {
      create: async () => busy('CREATE'),
      update: async () => undefined,
      remove: async () => undefined,
      upgrade: async () => task('in progress', 'in progress'),
      get: async () => {
        const next = left.length > 1 ? left.shift() : left[0];
        if (next === undefined || next instanceof Error) throw next ?? new Error('no response');
        return next;
      },
      ...options.clusters,
    },
  });
}

const start = Date.parse('2026-11-25T10:00:00Z') / 1000;

function task(status: string, ...states: string[]): Task {
  return {
    uuid: 'd772',
    status,
    start_time: start - 60,
    ...(status === 'done' ? { end_time: start + 65 } : {}),
    clusters: states.map((last_action_state, index) => ({
      cluster_name: `c${String(index + 1)}`,
      last_action_state,
      ...(last_action_state === 'queued' ? {} : { start_time: start - 20 }),
      ...(last_action_state === 'succeeded' ? { end_time: start + 10 } : {}),
    })),
  };
}

const input = { name: 'c1', program: 'tpks', wait: true };
const sized = (workers: number) => ({ parameters: { kubernetes_worker_instances: workers } });

describe('a successful wait prints the result', () => {
  test('of a new cluster, and the next command', async () => {
    const { deps, terminal } = onTerminal([busy('CREATE'), finished('CREATE')]);
    await createCluster({ ...input, externalHostname: 'c1.test', plan: 'small' }, deps);
    expect(terminal.lines).toEqual(['Created c1 in 1 s', 'Next: tpks get-credentials c1']);
  });

  test.each([
    ['4', [finished('CREATE', sized(2)), busy('UPDATE')], 'Resized c1 from 2 to 4 workers in 1 s'],
    ['1', [finished('CREATE', sized(2)), busy('UPDATE')], 'Resized c1 from 2 to 1 worker in 1 s'],
    ['4', [notFound, busy('UPDATE')], 'Resized c1 to 4 workers in 1 s'],
  ])('of a resize to %s workers', async (numNodes, states, expected) => {
    const { deps, terminal } = onTerminal([...states, finished('UPDATE')]);
    await resize({ ...input, numNodes }, deps);
    expect(terminal.lines).toEqual([expected]);
  });

  test('of an update', async () => {
    const { deps, terminal } = onTerminal([busy('UPDATE'), finished('UPDATE')]);
    await updateCluster({ ...input, tags: 'a:b' }, deps);
    expect(terminal.lines).toEqual(['Updated c1 in 1 s']);
  });

  test('of another operation, if it was the last one', async () => {
    const { deps, terminal } = onTerminal([notFound, busy('UPGRADE'), finished('UPGRADE')]);
    await resize({ ...input, numNodes: '4' }, deps);
    expect(terminal.lines).toEqual(['Upgraded c1 in 1 s']);
  });

  test('of a deletion', async () => {
    const { deps, terminal } = onTerminal([busy('DELETE'), notFound]);
    await deleteCluster(input, deps);
    expect(terminal.lines).toEqual(['Deleted c1 in 1 s']);
  });

  test.each([
    [['succeeded'], 'Upgraded c1 to 1.7.0-build.26 in 2 min 5 s'],
    [['succeeded', 'succeeded'], 'Upgraded c1 and c2 to 1.7.0-build.26 in 2 min 5 s'],
    [Array<string>(6).fill('succeeded'), 'Upgraded 6 clusters to 1.7.0-build.26 in 2 min 5 s'],
  ])('of an upgrade of %j', async (states, expected) => {
    const upgraded = aCluster({ pks_version: '1.7.0-build.26' });
    const { deps, terminal } = onTerminal([upgraded], { tasks: [task('done', ...states)] });
    await upgradeClusters({ clusters: 'c1', maxInFlight: '1', wait: true }, deps);
    expect(terminal.lines).toEqual(['Your taskID for the upgrade task is: d772', expected]);
  });

  test.each<[readonly (Cluster | TpksError)[], readonly string[]]>([
    [
      [busy('CREATE'), finished('CREATE')],
      ['Created c1', 'Next: tpks get-credentials c1'],
    ],
    [[busy('UPGRADE'), finished('UPGRADE', { pks_version: '1.8' })], ['Upgraded c1 to 1.8']],
    [[busy('UPDATE'), finished('UPDATE')], ['Updated c1']],
    [[busy('DELETE'), notFound], ['Deleted c1']],
    [[busy('REPAIR'), finished('REPAIR')], ['The last action of c1 succeeded']],
    [
      [busy('CREATE'), finished('CREATE', { last_action_state: null })],
      ['c1 has no operation in progress (last action CREATE: unknown)'],
    ],
    [[finished('CREATE')], ['c1 has no operation in progress (last action CREATE: succeeded)']],
  ])('without a duration if another command started it: %#', async (states, expected) => {
    const { deps, terminal } = onTerminal(states);
    await waitForCluster({ name: 'c1' }, deps);
    expect(terminal.lines).toEqual(expected);
  });
});

describe('a failed wait prints nothing but the error', () => {
  test.each([
    ['CREATE', 'delete it before you create it again: tpks delete-cluster c1'],
    ['DELETE', 'try again: tpks delete-cluster c1'],
    ['UPGRADE', 'try again: tpks upgrade-cluster c1'],
    ['UPDATE', 'fix the cause, then run the command again'],
    ['UNKNOWN', undefined],
  ])('of a failed %s, with the next command', async (action, nextStep) => {
    const failed = finished(action, {
      last_action_state: 'failed',
      last_action_description: 'No more room',
    });
    const { deps, terminal } = onTerminal([busy(action), failed]);
    const hint = ['show the cluster: tpks cluster c1 --details', nextStep].filter(Boolean);
    await expect(waitForCluster({ name: 'c1' }, deps)).rejects.toMatchObject({
      message: `${action} of cluster c1 failed: No more room`,
      hint: hint.join('\n'),
    });
    expect(terminal.lines).toEqual([]);
  });

  test('of an upgrade', async () => {
    const failed = aCluster({ last_action_state: 'failed', last_action_description: 'No room' });
    const { deps, terminal } = onTerminal([failed], { tasks: [task('done', 'failed', 'queued')] });
    await expect(waitForUpgrade({ id: 'd772' }, deps)).rejects.toMatchObject({
      message: 'Failed to upgrade c1, c2: No room',
      hint: 'show the state of each cluster: tpks task d772\ntry again: tpks upgrade-clusters --clusters c1,c2',
    });
    expect(terminal.lines).toEqual([]);
  });
});

describe('the progress on a terminal', () => {
  /** The lines of all updates, without the spinner. */
  const updates = ({ terminal }: ReturnType<typeof onTerminal>) => [
    ...new Set(terminal.liveUpdates.flat().map((line) => line.slice(2))),
  ];

  test('has a spinner while an operation runs', async () => {
    const run = onTerminal([busy('CREATE'), finished('CREATE')]);
    await waitForCluster({ name: 'c1' }, run.deps);
    const spinners = run.terminal.liveUpdates.flat().map((line) => line[0]);
    expect(spinners).toEqual(['|', '/', '-', '\\', ' ']);
  });

  test('shows the time since the request was sent', async () => {
    const run = onTerminal([busy('CREATE'), finished('CREATE')]);
    const sentAt = run.deps.clock.monotonic() - 71_000;
    await waitForCluster({ name: 'c1', sentAt }, run.deps);
    expect(updates(run)).toEqual([
      'c1: in progress (1 min 11 s): Instance provisioning completed',
      'c1: succeeded (1 min 12 s): Instance provisioning completed',
    ]);
  });

  test('shows how long tpks has been waiting if the start is unknown', async () => {
    const run = onTerminal([busy('CREATE'), busy('CREATE'), finished('CREATE')]);
    await waitForCluster({ name: 'c1' }, run.deps);
    expect(updates(run).filter((line) => line.includes('(waiting'))).toEqual([
      'c1: in progress (waiting for 0 s): Instance provisioning completed',
      'c1: in progress (waiting for 1 s): Instance provisioning completed',
      'c1: in progress (waiting for 2 s): Instance provisioning completed',
    ]);
    expect(updates(run)).toContain('c1: succeeded: Instance provisioning completed');
  });

  test('shows the time since an upgrade started, which only its task contains', async () => {
    const run = onTerminal([busy('UPGRADE'), finished('UPGRADE')]);
    const { clock } = run.deps;
    const tasks = { ...run.deps.tasks, list: async () => [task('in progress', 'in progress')] };
    const findStart = () => findUpgradeStart('c1', { ...run.deps, tasks });
    await waitForCluster({ name: 'c1', findStart }, run.deps);
    expect(clock.now().getTime()).toBeGreaterThan(start * 1000);
    expect(updates(run)[0]).toBe('c1: in progress (20 s): Instance provisioning completed');
  });

  test.each<[string, () => Promise<Task[]>]>([
    ['no task contains the cluster', async () => [task('in progress', 'succeeded')]],
    ['the tasks cannot be read', () => Promise.reject(new TpksError('unavailable', 'down'))],
  ])('shows how long tpks has been waiting for an upgrade if %s', async (_reason, list) => {
    const run = onTerminal([busy('UPGRADE'), finished('UPGRADE')]);
    const tasks = { ...run.deps.tasks, list };
    const findStart = () => findUpgradeStart('c1', { ...run.deps, tasks });
    await waitForCluster({ name: 'c1', findStart }, run.deps);
    expect(updates(run)[0]).toContain('in progress (waiting for 0 s)');
  });

  test('of an upgrade has one line per cluster, with times from the server', async () => {
    const tasks = [
      task('in progress', 'in progress', 'queued'),
      task('in progress', 'succeeded', 'in progress'),
      task('done', 'succeeded', 'succeeded'),
    ];
    const run = onTerminal([aCluster()], { tasks });
    await waitForUpgrade({ id: 'd772' }, run.deps);
    expect(run.terminal.liveUpdates.filter(({ length }) => length > 0).map(withoutSpinner)).toEqual(
      expect.arrayContaining([
        ['c1: in progress (20 s)', 'c2: queued (1 min)'],
        ['c1: succeeded (30 s)', 'c2: in progress (21 s)'],
        ['c1: succeeded (30 s)', 'c2: succeeded (30 s)'],
      ]),
    );
  });

  test.each([
    [-100, '0 s'],
    [100, '2 min'],
  ])('accounts for a server clock that is %d s ahead of this machine', async (offset, expected) => {
    const tasks = [task('in progress', 'in progress'), task('done', 'succeeded')];
    const run = onTerminal([aCluster()], { tasks });
    run.deps.serverClock.setStoredOffset(offset);
    await waitForUpgrade({ id: 'd772' }, run.deps);
    expect(updates(run)[0]).toBe(`c1: in progress (${expected})`);
  });

  test.each([60, 80, 120, 200])('shows state and time in %d columns', async (columns) => {
    const name = '\u96c6'.repeat(60);
    const run = onTerminal([busy('CREATE', { name }), finished('CREATE', { name })], { columns });
    await waitForCluster({ name, sentAt: 0 }, run.deps);
    const [line = ''] = run.terminal.liveUpdates[0] ?? [];
    const [start = ''] = /^.*: in progress \(0 s\)/.exec(line) ?? [];
    expect(displayWidth(start)).toBeGreaterThan(0);
    expect(displayWidth(start)).toBeLessThan(columns);
  });
});

function withoutSpinner(lines: readonly string[]): string[] {
  return lines.map((line) => line.slice(2));
}

test.each([
  [undefined, ''],
  ['cody@b', ' --context cody@b'],
])('the hints of unfinished operations keep the option --context %s', async (context, option) => {
  const tasks = [task('in progress', 'in progress')];
  const { deps } = onTerminal([busy('CREATE')], { tasks, global: { context, interactive: false } });
  const flags = { clusters: 'c1', maxInFlight: '1', wait: true, waitTimeout: 1 };
  await expect(upgradeClusters(flags, deps)).rejects.toMatchObject({
    hint: `check the state: tpks task d772${option}\nresume waiting: tpks wait --task d772${option}`,
  });
  await expect(waitForCluster({ name: 'c1', timeoutSeconds: 1 }, deps)).rejects.toMatchObject({
    hint: `check the state: tpks cluster c1${option}\nresume waiting: tpks wait c1${option}`,
  });
});

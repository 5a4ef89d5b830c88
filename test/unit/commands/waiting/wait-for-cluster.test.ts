import { describe, expect, test } from '@jest/globals';
import type { Cluster } from '../../../../src/api/pks/clusters.js';
import { TpksError } from '../../../../src/base/errors.js';
import { waitForCluster, type Goal } from '../../../../src/commands/waiting/wait-for-cluster.js';
import { aCluster } from '../../../support/fixtures/contexts-and-clusters.js';
import { clusterCommand } from '../../../support/program/cluster-command.js';

const notFound = new TpksError('notFound', 'Cluster c1 not found', { status: 404 });
const creating = aCluster({
  last_action_state: 'in progress',
  last_action_description: 'Creating',
});
const deleting = aCluster({ last_action: 'DELETE', last_action_state: 'in progress' });
const failed = aCluster({ last_action_state: 'failed', last_action_description: 'No more room' });

function startWaiting(goal: Goal | undefined, ...responses: (Cluster | TpksError)[]) {
  const remaining = [...responses];
  const get = async () => {
    const next = remaining.length > 1 ? remaining.shift() : remaining[0];
    if (next === undefined || next instanceof Error) throw next ?? new Error('no response');
    return next;
  };
  const { deps, terminal } = clusterCommand({ clusters: { get } });
  return { terminal, finished: waitForCluster({ name: 'c1', goal }, deps) };
}

describe('waitForCluster', () => {
  test.each<[string, Goal | undefined, (Cluster | TpksError)[]]>([
    ['has finished already', undefined, [aCluster()]],
    ['is in progress', undefined, [creating, creating, aCluster()]],
    ['is queued', 'succeeded', [aCluster({ last_action_state: 'queued' }), aCluster()]],
    ['was an update', 'succeeded', [aCluster({ last_action: 'UPDATE' })]],
  ])(
    'shows the cluster when an operation that %s has succeeded',
    async (_state, goal, responses) => {
      const { finished, terminal } = startWaiting(goal, ...responses);
      await finished;
      expect(terminal.json).toEqual([responses.at(-1)]);
      expect(terminal.lines).toContain('Last Action State:        succeeded');
    },
  );

  test.each<[string, Goal | undefined, (Cluster | TpksError)[]]>([
    ['is deleted and there is no goal', undefined, [deleting, deleting, notFound]],
    ['is deleted, as requested', 'deleted', [deleting, notFound]],
    ['was deleted before the first poll', 'deleted', [notFound]],
  ])('succeeds for a cluster that %s', async (_state, goal, responses) => {
    const { finished, terminal } = startWaiting(goal, ...responses);
    await finished;
    expect(terminal.lines).toEqual(['Deletion of c1 completed']);
    expect(terminal.json).toEqual([{ name: 'c1', deleted: true }]);
  });
});

describe('waitForCluster fails', () => {
  test('with the reason that the server gives, after showing the cluster', async () => {
    const { finished, terminal } = startWaiting('succeeded', creating, failed);
    await expect(finished).rejects.toMatchObject({
      kind: 'failed',
      message: 'CREATE of cluster c1 failed: No more room',
      hint:
        'show the cluster: tpks cluster c1 --details\n' +
        'delete it before you create it again: tpks delete-cluster c1',
    });
    expect(terminal.json).toEqual([failed]);
  });

  test.each<[string, Goal | undefined, (Cluster | TpksError)[], object]>([
    [
      'if a deletion fails',
      'deleted',
      [deleting, aCluster({ last_action: 'DELETE', last_action_state: 'failed' })],
      { message: expect.stringContaining('DELETE of cluster c1 failed: Instance provisioning') },
    ],
    [
      'if the cluster is not being deleted',
      'deleted',
      [aCluster()],
      { kind: 'failed', message: expect.stringContaining('Cluster c1 is not being deleted') },
    ],
    [
      'if the cluster is deleted during another operation',
      'succeeded',
      [deleting, notFound],
      { kind: 'notFound', message: 'Cluster c1 not found', status: 404 },
    ],
    ['if the cluster does not exist', undefined, [notFound], { kind: 'notFound', status: 404 }],
    [
      'if the server gave no reason',
      undefined,
      [aCluster({ last_action: null, last_action_state: 'failed', last_action_description: null })],
      { message: 'The last action of cluster c1 failed: the server gave no reason' },
    ],
  ])('%s', async (_condition, goal, responses, expected) => {
    await expect(startWaiting(goal, ...responses).finished).rejects.toMatchObject(expected);
  });
});

test.each<[TpksError]>([
  [new TpksError('unauthenticated', 'Not logged in', { hint: 'tpks login' })],
  [new TpksError('notFound', 'Context nope not found')],
])('waitForCluster fails with the error if there is no context: %s', async (error) => {
  const { deps } = clusterCommand();
  const noContext = { ...deps, context: () => Promise.reject(error) };
  const waiting = waitForCluster({ name: 'c1', goal: 'deleted' }, noContext);
  await expect(waiting).rejects.toBe(error);
});

test('waitForCluster prints the state and the description as progress', async () => {
  const { finished, terminal } = startWaiting(undefined, creating, aCluster());
  await finished;
  expect(terminal.notes).toEqual([
    'c1: in progress: Creating (0 s)',
    'c1: succeeded: Instance provisioning completed (1 s)',
  ]);
});

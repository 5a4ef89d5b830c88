import { describe, expect, test } from '@jest/globals';
import { waitForCluster, type Goal } from '../../../../src/commands/clusters/wait-for-cluster.js';
import { TpksError } from '../../../../src/errors.js';
import type { Cluster } from '../../../../src/pks/clusters.js';
import { clusterCommand } from '../../../support/cluster-command.js';
import { aCluster } from '../../../support/fixtures.js';

const gone = new TpksError('notFound', 'Cluster c1 not found', { status: 404 });
const creating = aCluster({
  last_action_state: 'in progress',
  last_action_description: 'Creating',
});
const deleting = aCluster({ last_action: 'DELETE', last_action_state: 'in progress' });
const failed = aCluster({ last_action_state: 'failed', last_action_description: 'No more room' });

function waiting(goal: Goal | undefined, ...looks: (Cluster | TpksError)[]) {
  const answers = [...looks];
  const get = async () => {
    const next = answers.length > 1 ? answers.shift() : answers[0];
    if (next === undefined || next instanceof Error) throw next ?? new Error('no answer');
    return next;
  };
  const { deps, terminal } = clusterCommand({ clusters: { get } });
  return { terminal, ended: waitForCluster({ name: 'c1', goal }, deps) };
}

describe('success', () => {
  test.each<[string, Goal | undefined, (Cluster | TpksError)[]]>([
    ['done already', undefined, [aCluster()]],
    ['done in a while', undefined, [creating, creating, aCluster()]],
    ['queued at first', 'succeeded', [aCluster({ last_action_state: 'queued' }), aCluster()]],
    ['of an update', 'succeeded', [aCluster({ last_action: 'UPDATE' })]],
  ])('is the cluster as it is then: %s', async (_name, goal, looks) => {
    const { ended, terminal } = waiting(goal, ...looks);
    await ended;
    expect(terminal.json).toEqual([looks.at(-1)]);
    expect(terminal.lines).toContain('Last Action State:        succeeded');
  });

  test.each<[string, Goal | undefined, (Cluster | TpksError)[]]>([
    ['and nobody said what for', undefined, [deleting, deleting, gone]],
    ['and it was wanted', 'deleted', [deleting, gone]],
    ['and it was gone before', 'deleted', [gone]],
  ])('is that it is gone, when it is being deleted %s', async (_name, goal, looks) => {
    const { ended, terminal } = waiting(goal, ...looks);
    await ended;
    expect(terminal.lines).toEqual(['Deletion of c1 completed']);
    expect(terminal.json).toEqual([{ name: 'c1', deleted: true }]);
  });
});

describe('failure', () => {
  test('is told in the server’s words, with the cluster as it is', async () => {
    const { ended, terminal } = waiting('succeeded', creating, failed);
    await expect(ended).rejects.toMatchObject({
      kind: 'failed',
      message: 'CREATE of cluster c1 failed: No more room',
      hint: 'show the cluster: tpks cluster c1 --details',
    });
    expect(terminal.json).toEqual([failed]);
  });

  test.each<[string, Goal | undefined, (Cluster | TpksError)[], object]>([
    [
      'a deletion that fails',
      'deleted',
      [deleting, aCluster({ last_action: 'DELETE', last_action_state: 'failed' })],
      { message: expect.stringContaining('DELETE of cluster c1 failed: Instance provisioning') },
    ],
    [
      'a deletion that nobody began',
      'deleted',
      [aCluster()],
      { kind: 'failed', message: expect.stringContaining('Cluster c1 is not being deleted') },
    ],
    [
      'a cluster that somebody deletes meanwhile',
      'succeeded',
      [deleting, gone],
      { kind: 'notFound', message: 'Cluster c1 not found', status: 404 },
    ],
    ['a cluster that is not there', undefined, [gone], { kind: 'notFound', status: 404 }],
    [
      'a server that gives no reason',
      undefined,
      [aCluster({ last_action: null, last_action_state: 'failed', last_action_description: null })],
      { message: 'The last action of cluster c1 failed: the server gives no reason' },
    ],
  ])('%s', async (_name, goal, looks, expected) => {
    await expect(waiting(goal, ...looks).ended).rejects.toMatchObject(expected);
  });
});

test('progress tells state and description', async () => {
  const { ended, terminal } = waiting(undefined, creating, aCluster());
  await ended;
  expect(terminal.notes).toEqual([
    'c1: in progress: Creating (0 s)',
    'c1: succeeded: Instance provisioning completed (1 s)',
  ]);
});

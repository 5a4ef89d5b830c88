import { Option, type Command } from 'commander';
import type { Cluster } from '../../api/pks/clusters.js';
import type { Services } from '../../app/services.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import { clusterArgument } from '../clusters/cluster-command.js';
import { formatClusterDetails } from '../clusters/cluster.js';
import { createNameArgument } from '../completers.js';
import { formatExamples, requiresRead } from '../resource/list-command.js';
import { waitForOperation, waitTimeoutOption, type WaitDeps } from './wait-for-operation.js';

interface Flags {
  readonly for?: Goal;
  readonly waitTimeout?: number;
}

export function define(command: Command, deps: ClusterWaitDeps): void {
  command
    .description(
      'Wait until the current operation of a cluster finishes, no matter who started it. Ctrl-C ' +
        `stops only the waiting, not the operation. ${requiresRead}`,
    )
    .addArgument(createNameArgument(clusterArgument))
    .addOption(
      new Option(
        '--for <result>',
        'expected result (default: deleted during a deletion, otherwise succeeded)',
      ).choices(['succeeded', 'deleted']),
    )
    .addOption(waitTimeoutOption())
    .addHelpText(
      'after',
      formatExamples(['wait dev-2', 'wait dev-2 --for deleted --wait-timeout 45m']),
    )
    .action((name: string, { for: goal, waitTimeout }: Flags) =>
      waitForCluster({ name, goal, timeoutSeconds: waitTimeout }, deps),
    );
}

export type ClusterWaitDeps = WaitDeps & Pick<Services, 'clusters' | 'context'>;

/** The result to wait for; if absent, the end of the current operation. */
export type Goal = 'succeeded' | 'deleted';

interface ClusterWait {
  readonly name: string;
  readonly goal?: Goal | undefined;
  readonly timeoutSeconds?: number | undefined;
}

interface ClusterState {
  /** `gone` if the cluster no longer exists. */
  readonly cluster: Cluster | 'gone';
  readonly goal: Goal;
}

/**
 * Waits until the current operation of a cluster has finished, then shows the cluster.
 * @throws {TpksError} `failed` with the server's message if the operation failed, and the errors of
 *   {@link waitForOperation}.
 */
export async function waitForCluster(wait: ClusterWait, deps: ClusterWaitDeps): Promise<void> {
  const { name } = wait;
  const { cluster, goal } = await watchCluster(wait, deps);
  if (cluster !== 'gone') return showFinished(cluster, goal, deps);
  if (goal === 'succeeded') throw notFoundError(name);
  await deps.terminal.show({
    json: { name, deleted: true },
    text: [`Deletion of ${name} completed`],
    indent: 3,
  });
}

/**
 * Waits until a cluster no longer exists, without showing the deletion.
 * @throws {TpksError} the errors of {@link waitForCluster}. If the cluster was not deleted, it is shown first.
 */
export async function waitForDeletion(
  wait: Omit<ClusterWait, 'goal'>,
  deps: ClusterWaitDeps,
): Promise<void> {
  const { cluster, goal } = await watchCluster({ ...wait, goal: 'deleted' }, deps);
  if (cluster !== 'gone') await showFinished(cluster, goal, deps);
}

/** Shows a cluster that still exists. @throws {TpksError} `failed` if the goal was not reached. */
async function showFinished(
  cluster: Cluster,
  goal: Goal,
  { terminal }: Pick<ClusterWaitDeps, 'terminal'>,
): Promise<void> {
  await terminal.show({
    json: cluster,
    text: formatClusterDetails(cluster, { details: false }),
    indent: 3,
  });
  if (cluster.last_action_state === 'failed') throw operationFailedError(cluster);
  if (goal === 'deleted') throw notBeingDeletedError(cluster);
}

async function watchCluster(
  { name, goal: requestedGoal, timeoutSeconds }: ClusterWait,
  deps: ClusterWaitDeps,
): Promise<ClusterState> {
  // While waiting, `notFound` means that the cluster is gone, not that the context does not exist.
  await deps.context();
  const clusters = deps.clusters();
  const read = async (previous: ClusterState | undefined): Promise<ClusterState> => {
    const goal = previous?.goal ?? requestedGoal;
    try {
      const cluster = await clusters.get(name);
      return { cluster, goal: goal ?? findGoal(cluster) };
    } catch (error) {
      if (!isTpksError(error) || error.kind !== 'notFound' || goal === undefined) throw error;
      return { cluster: 'gone', goal };
    }
  };
  return waitForOperation<ClusterState>(
    {
      label: `cluster ${name}`,
      statusCommand: `tpks cluster ${name}`,
      waitCommand: `tpks wait ${name}${requestedGoal === undefined ? '' : ` --for ${requestedGoal}`}`,
      timeoutSeconds,
      read,
      formatLines: (state) => [
        { text: formatProgress(name, state), isFinished: isFinished(state) },
      ],
      isFinished,
    },
    deps,
  );
}

/** Finds the result of the current operation. A deletion has succeeded when the cluster no longer exists. */
function findGoal(cluster: Cluster): Goal {
  return cluster.last_action === 'DELETE' && isBusy(cluster) ? 'deleted' : 'succeeded';
}

function isFinished({ cluster }: ClusterState): boolean {
  return cluster === 'gone' || !isBusy(cluster);
}

/** Whether an operation is queued or running. @see pks-api, section 7.6 */
function isBusy({ last_action_state: state }: Cluster): boolean {
  return state === 'in progress' || state === 'queued';
}

function formatProgress(name: string, { cluster }: ClusterState): string {
  if (cluster === 'gone') return `${name}: deleted`;
  const { last_action_state: state, last_action_description: description } = cluster;
  return [name, state, description]
    .filter((part) => part !== undefined && part !== null)
    .join(': ');
}

function operationFailedError(cluster: Cluster): TpksError {
  const { name, last_action: action, last_action_description: description } = cluster;
  return new TpksError(
    'failed',
    `${action ?? 'The last action'} of cluster ${name} failed: ${description ?? 'the server gave no reason'}`,
    { hint: `show the cluster: tpks cluster ${name} --details` },
  );
}

function notBeingDeletedError({ name, last_action: action }: Cluster): TpksError {
  return new TpksError(
    'failed',
    `Cluster ${name} is not being deleted: its last action is ${action ?? 'unknown'}`,
    { hint: `delete it: tpks delete-cluster ${name}` },
  );
}

function notFoundError(name: string): TpksError {
  return new TpksError('notFound', `Cluster ${name} not found`, {
    hint: 'it was deleted while tpks was waiting; run tpks clusters to list the remaining clusters',
    status: 404,
  });
}

import { Option, type Command } from 'commander';
import type { Cluster } from '../../api/pks/clusters.js';
import type { Services } from '../../app/services.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import { createNameArgument } from '../name-completion.js';
import { formatExamples, requiresRead } from '../resource/list-command.js';
import { waitForOperation, type WaitDeps } from '../waiting/wait-for-operation.js';
import { waitTimeoutOption, clusterArgument } from './cluster-command.js';
import { formatClusterDetails } from './cluster-view.js';

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

export type ClusterWaitDeps = WaitDeps & Pick<Services, 'clusters'>;

/** The result to wait for; if absent, the end of the current operation. */
export type Goal = 'succeeded' | 'deleted';

interface ClusterWait {
  readonly name: string;
  readonly goal?: Goal | undefined;
  readonly timeoutSeconds?: number | undefined;
  /** Runs after the deletion. @returns JSON members to add to the result. */
  readonly onDeleted?: () => Promise<Readonly<Record<string, unknown>>>;
}

/** A cluster that no longer exists. */
type Gone = 'gone';

/**
 * Waits until the current operation of a cluster has finished, then shows the cluster.
 *
 * @throws {TpksError} `failed` with the server's message if the operation failed, and the errors of
 *   {@link waitForOperation}.
 */
export async function waitForCluster(wait: ClusterWait, deps: ClusterWaitDeps): Promise<void> {
  const { name, onDeleted = () => Promise.resolve({}) } = wait;
  const last = await watchCluster(wait, deps);
  if (last.cluster === 'gone') {
    if (last.goal === 'succeeded') throw notFoundError(name);
    await deps.terminal.show({
      json: { name, deleted: true, ...(await onDeleted()) },
      text: [`Deletion of ${name} completed`],
      indent: 3,
    });
    return;
  }
  const { cluster } = last;
  await deps.terminal.show({
    json: cluster,
    text: formatClusterDetails(cluster, { details: false }),
    indent: 3,
  });
  if (cluster.last_action_state === 'failed') throw operationFailedError(cluster);
  if (last.goal === 'deleted') throw notBeingDeletedError(cluster);
}

async function watchCluster(
  { name, goal: requestedGoal, timeoutSeconds }: ClusterWait,
  deps: ClusterWaitDeps,
): Promise<{ readonly cluster: Cluster | Gone; readonly goal: Goal }> {
  const clusters = deps.clusters();
  let goal = requestedGoal;
  const cluster = await waitForOperation<Cluster | Gone>(
    {
      label: `cluster ${name}`,
      statusCommand: `tpks cluster ${name}`,
      waitCommand: `tpks wait ${name}${requestedGoal === undefined ? '' : ` --for ${requestedGoal}`}`,
      timeoutSeconds,
      read: async () => {
        try {
          const current = await clusters.get(name);
          // A deletion has succeeded when the cluster no longer exists.
          goal ??= current.last_action === 'DELETE' && isBusy(current) ? 'deleted' : 'succeeded';
          return current;
        } catch (error) {
          if (isTpksError(error) && error.kind === 'notFound' && goal !== undefined) return 'gone';
          throw error;
        }
      },
      formatLines: (state) => [
        { text: formatProgress(name, state), isFinished: isFinished(state) },
      ],
      isFinished,
    },
    deps,
  );
  return { cluster, goal: goal ?? 'succeeded' };
}

function isFinished(cluster: Cluster | Gone): boolean {
  return cluster === 'gone' || !isBusy(cluster);
}

/** Whether an operation is queued or running. @see pks-api, section 7.6 */
function isBusy({ last_action_state: state }: Cluster): boolean {
  return state === 'in progress' || state === 'queued';
}

function formatProgress(name: string, cluster: Cluster | Gone): string {
  if (cluster === 'gone') return `${name}: deleted`;
  const { last_action_state: state, last_action_description: description } = cluster;
  return [name, state, description]
    .filter((part) => part !== undefined && part !== null)
    .join(': ');
}

function operationFailedError({
  name,
  last_action: action,
  last_action_description: description,
}: Cluster) {
  return new TpksError(
    'failed',
    `${action ?? 'The last action'} of cluster ${name} failed: ${description ?? 'the server gave no reason'}`,
    {
      hint: `show the cluster: tpks cluster ${name} --details`,
    },
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

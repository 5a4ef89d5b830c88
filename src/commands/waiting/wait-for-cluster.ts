import { Option, type Command } from 'commander';
import type { Cluster } from '../../api/pks/clusters.js';
import type { Services } from '../../app/services.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { fitLines } from '../../platform/terminal/screen.js';
import { clusterArgument } from '../clusters/cluster-command.js';
import { formatClusterDetails } from '../clusters/cluster.js';
import { createNameArgument, validateName, withPksNames } from '../completers.js';
import { requiresRead } from '../resource/list-command.js';
import {
  formatTimeSince,
  formatContextOption,
  waitForOperation,
  waitTimeoutOption,
  type WaitDeps,
} from './wait-for-operation.js';
import { findUpgradeStart, waitForUpgrade, type UpgradeWaitDeps } from './wait-for-upgrade.js';

interface Flags {
  readonly task?: string;
  readonly for?: Goal;
  readonly waitTimeout?: number;
}

export const description =
  "Wait for a cluster's current operation or an upgrade task to finish, no matter who started it. " +
  `Ctrl-C stops waiting, but not the operation. ${requiresRead}`;

export const examples = {
  'wait for the current operation of a cluster': 'tpks wait dev-2',
  'wait up to 45 minutes until a cluster is deleted':
    'tpks wait dev-2 --for deleted --wait-timeout 45m',
  'wait for an upgrade task': 'tpks wait --task d772aba0-2670-4fba-b26c-044b19d6ab60',
};

export function define(command: Command, deps: ClusterWaitDeps & UpgradeWaitDeps): void {
  command
    .addArgument(createNameArgument({ ...clusterArgument, placeholder: '[name]' }))
    .addOption(
      withPksNames(
        new Option('--task <id>', 'wait for this upgrade task instead of a cluster').argParser(
          (id: string) => validateName(id, 'The task id'),
        ),
        'tasks',
      ),
    )
    .addOption(
      new Option(
        '--for <result>',
        'expected result (default: deleted during a deletion, otherwise succeeded)',
      )
        .choices(['succeeded', 'deleted'])
        .conflicts('task'),
    )
    .addOption(waitTimeoutOption())
    .action((name: string | undefined, { task, for: goal, waitTimeout }: Flags) => {
      const timeoutSeconds = waitTimeout;
      if (task === undefined) {
        if (name === undefined) throw missingNameError();
        const findStart = () => findUpgradeStart(name, deps);
        return waitForCluster({ name, goal, timeoutSeconds, findStart }, deps);
      }
      if (name !== undefined) {
        throw new TpksError('usage', '--task cannot be used with a cluster name', {
          hint: `wait for the task: tpks wait --task ${task}`,
        });
      }
      return waitForUpgrade({ id: task, timeoutSeconds }, deps);
    });
}

function missingNameError(): TpksError {
  return new TpksError('usage', 'Missing cluster name', {
    hint: 'usage: tpks wait <name>, or tpks wait --task <id>\ntpks wait --help',
  });
}

export type ClusterWaitDeps = WaitDeps & Pick<Services, 'clusters' | 'context' | 'options'>;

/** The result to wait for; if absent, the end of the current operation. */
export type Goal = 'succeeded' | 'deleted';

interface ClusterWait {
  readonly name: string;
  readonly goal?: Goal | undefined;
  readonly timeoutSeconds?: number | undefined;
  /** When this command started the operation (`clock.monotonic`); absent if another command did. */
  readonly sentAt?: number | undefined;
  /** Finds when an upgrade that another command started has begun. */
  readonly findStart?: () => Promise<Date | undefined>;
  /** The text to show if an update succeeds, e.g. `Resized dev-1 from 2 to 5 workers`; by default, `Updated dev-1`. */
  readonly success?: string | undefined;
}

interface ClusterState {
  /** `gone` if the cluster no longer exists. */
  readonly cluster: Cluster | 'gone';
  readonly goal: Goal;
  /** Whether this is the first state that was read. If it is final, the operation finished before the wait started. */
  readonly isFirst: boolean;
  /** When the operation started; `undefined` if unknown. */
  readonly startedAt: Date | undefined;
}

/**
 * Waits until the current operation of a cluster has finished, then shows the cluster.
 * @throws {TpksError} `failed` with the server's message if the operation failed, and the errors of
 *   {@link waitForOperation}.
 */
export async function waitForCluster(wait: ClusterWait, deps: ClusterWaitDeps): Promise<void> {
  const { name, sentAt, success } = wait;
  const state = await watchCluster(wait, deps);
  const { cluster, goal, isFirst } = state;
  if (cluster !== 'gone') {
    const lines =
      cluster.last_action_state !== 'succeeded' || (sentAt === undefined && isFirst)
        ? formatIdle(cluster)
        : formatSuccess(cluster, { success, sentAt }, deps);
    return showFinished(cluster, { goal, lines }, deps);
  }
  if (goal === 'succeeded') throw notFoundError(name);
  await deps.terminal.show({
    json: { name, deleted: true },
    text: [`Deletion of ${name} completed`],
    screen: (width) => fitLines([`Deleted ${name}`], width),
    indent: 3,
  });
}

/**
 * Waits until a cluster no longer exists, without showing the deletion.
 * @throws {TpksError} the errors of {@link waitForCluster}. If the cluster was not deleted, it is shown first.
 */
export async function waitForDeletion(
  wait: Omit<ClusterWait, 'goal' | 'success'>,
  deps: ClusterWaitDeps,
): Promise<void> {
  const { cluster, goal } = await watchCluster({ ...wait, goal: 'deleted' }, deps);
  if (cluster !== 'gone') await showFinished(cluster, { goal, lines: [] }, deps);
}

/**
 * Shows a cluster that still exists.
 * @param result.lines - what a terminal shows if the goal was reached; otherwise, it shows only the error.
 * @throws {TpksError} `failed` if the goal was not reached.
 */
async function showFinished(
  cluster: Cluster,
  { goal, lines }: { readonly goal: Goal; readonly lines: readonly string[] },
  { terminal }: Pick<ClusterWaitDeps, 'terminal'>,
): Promise<void> {
  const hasFailed = cluster.last_action_state === 'failed';
  const isReached = !hasFailed && goal !== 'deleted';
  const screen = (width: number) => (isReached ? fitLines(lines, width) : []);
  await terminal.show({
    json: cluster,
    text: formatClusterDetails(cluster, { details: false }),
    screen,
    indent: 3,
  });
  if (hasFailed) throw operationFailedError(cluster);
  if (goal === 'deleted') throw notBeingDeletedError(cluster);
}

function formatIdle({ name, last_action: action, last_action_state: state }: Cluster): string[] {
  const last = `${action ?? 'unknown'}: ${state ?? 'unknown'}`;
  return [`${name} has no operation in progress (last action ${last})`];
}

const pastTenses: Readonly<Record<string, string>> = {
  CREATE: 'Created',
  UPDATE: 'Updated',
  UPGRADE: 'Upgraded',
};

/** Formats the result of a successful operation. The duration is known only if this command started the operation. */
function formatSuccess(
  cluster: Cluster,
  { success, sentAt }: Pick<ClusterWait, 'success' | 'sentAt'>,
  { clock }: Pick<ClusterWaitDeps, 'clock'>,
): string[] {
  const duration = sentAt === undefined ? '' : ` in ${formatTimeSince(sentAt, clock)}`;
  const next =
    cluster.last_action === 'CREATE' ? [`Next: tpks get-credentials ${cluster.name}`] : [];
  // Another command may have started the operation that has finished.
  const reached = cluster.last_action === 'UPDATE' ? success : undefined;
  return [`${reached ?? describeSuccess(cluster)}${duration}`, ...next];
}

function describeSuccess({ name, last_action: action, pks_version: version }: Cluster): string {
  const verb = getOwnValue(pastTenses, action ?? '');
  if (verb === undefined) return `The last action of ${name} succeeded`;
  return `${verb} ${name}${action === 'UPGRADE' && version ? ` to ${version}` : ''}`;
}

async function watchCluster(
  { name, goal: requestedGoal, timeoutSeconds, sentAt, findStart }: ClusterWait,
  deps: ClusterWaitDeps,
): Promise<ClusterState> {
  // While waiting, `notFound` means that the cluster is gone, not that the context does not exist.
  await deps.context();
  const clusters = deps.clusters();
  const read = async (previous: ClusterState | undefined): Promise<ClusterState> => {
    const goal = previous?.goal ?? requestedGoal;
    const isFirst = previous === undefined;
    try {
      const cluster = await clusters.get(name);
      const startedAt = isFirst ? await readStart(cluster) : previous.startedAt;
      return { cluster, goal: goal ?? findGoal(cluster), isFirst, startedAt };
    } catch (error) {
      if (!isTpksError(error) || error.kind !== 'notFound' || goal === undefined) throw error;
      return { cluster: 'gone', goal, isFirst, startedAt: undefined };
    }
  };
  // Clusters have no start time, but the tasks of upgrades do.
  const readStart = async (cluster: Cluster) =>
    cluster.last_action === 'UPGRADE' && isBusy(cluster) && deps.terminal.canRepaint()
      ? findStart?.()
      : undefined;
  const contextOption = formatContextOption(deps);
  return waitForOperation<ClusterState>(
    {
      label: `cluster ${name}`,
      statusCommand: `tpks cluster ${name}${contextOption}`,
      waitCommand: `tpks wait ${name}${requestedGoal === undefined ? '' : ` --for ${requestedGoal}`}${contextOption}`,
      timeoutSeconds,
      read,
      sentAt,
      formatLines: (state) => [{ ...readProgress(name, state), isFinished: isFinished(state) }],
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

/** Whether an operation is queued or running. @see docs/contributing/servers/pks-api.md#operations */
export function isBusy({ last_action_state: state }: Cluster): boolean {
  return state === 'in progress' || state === 'queued';
}

function readProgress(name: string, { cluster, startedAt }: ClusterState) {
  if (cluster === 'gone') return { name, state: 'deleted' };
  const { last_action_state: state, last_action_description: description } = cluster;
  return { name, state, description, startedAt };
}

/** Hints about what to do after a failure, by the action that failed. */
const nextSteps: Readonly<Record<string, (name: string) => string>> = {
  CREATE: (name) => `delete it before you create it again: tpks delete-cluster ${name}`,
  UPDATE: () => 'fix the cause, then run the command again',
  UPGRADE: (name) => `try again: tpks upgrade-cluster ${name}`,
  DELETE: (name) => `try again: tpks delete-cluster ${name}`,
};

function operationFailedError(cluster: Cluster): TpksError {
  const { name, last_action: action, last_action_description: description } = cluster;
  const next = getOwnValue(nextSteps, action ?? '')?.(name);
  return new TpksError(
    'failed',
    `${action ?? 'The last action'} of cluster ${name} failed: ${description ?? 'the server gave no reason'}`,
    {
      hint: [
        `show the cluster: tpks cluster ${name} --details`,
        ...(next === undefined ? [] : [next]),
      ].join('\n'),
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
    hint: 'it was deleted while tpks was waiting; list your clusters: tpks clusters',
    status: 404,
  });
}

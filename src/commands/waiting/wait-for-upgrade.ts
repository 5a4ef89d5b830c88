import type { Clusters, Task } from '../../api/pks/clusters.js';
import type { Services } from '../../app/services.js';
import { TpksError } from '../../base/errors.js';
import type { ProgressLine } from './progress.js';
import { waitForOperation, type WaitDeps } from './wait-for-operation.js';

export type UpgradeWaitDeps = WaitDeps & Pick<Services, 'clusters' | 'tasks'>;

/**
 * Waits until an upgrade has finished. Prints the events as they happen, worded like the `pks` CLI.
 * @param wait.id - the id of the upgrade task.
 * @throws {TpksError} `failed` if a cluster was not upgraded, and the errors of
 *   {@link waitForOperation}.
 * @see pks-cli, section 8.5
 */
export async function waitForUpgrade(
  { id, timeoutSeconds }: { readonly id: string; readonly timeoutSeconds?: number | undefined },
  deps: UpgradeWaitDeps,
): Promise<void> {
  const { terminal, tasks } = deps;
  const last = await waitForOperation<Task>(
    {
      label: `upgrade task ${id}`,
      statusCommand: `tpks task ${id}`,
      waitCommand: 'tpks wait CLUSTER',
      timeoutSeconds,
      read: () => tasks.get(id),
      formatLines: formatProgress,
      hasOwnEvents: !terminal.wantsJson(),
      onResult: async (task, previous) => {
        const events = formatEvents(previous, task);
        if (events.length > 0 && !terminal.wantsJson()) {
          await terminal.show({ json: undefined, text: events });
        }
      },
      isFinished: isTaskFinished,
    },
    deps,
  );
  await terminal.show({
    json: last,
    text: [`Upgrade task ${id} is ${last.status ?? 'done'}.`],
    indent: 3,
  });
  const notUpgraded = findNotUpgraded(last);
  // The server removes clusters whose upgrade has not started from a canceled task.
  if (last.status === 'canceled') throw upgradeFailedError(last, 'The upgrade was canceled');
  if (notUpgraded.length > 0) {
    const reason = await findReason(notUpgraded, deps.clusters());
    throw upgradeFailedError(last, `Failed to upgrade ${notUpgraded.join(', ')}: ${reason}`);
  }
}

function upgradeFailedError({ uuid }: Task, message: string): TpksError {
  return new TpksError('failed', message, {
    hint: `show the state of each cluster: tpks task ${uuid}`,
  });
}

/** Returns why an upgrade failed. The task does not contain the reason, but the failed cluster does. */
async function findReason(names: readonly string[], clusters: Clusters): Promise<string> {
  for (const name of names) {
    const cluster = await clusters.get(name).catch(() => undefined);
    const { last_action_state: state, last_action_description: description } = cluster ?? {};
    if (state === 'failed' && typeof description === 'string') return description;
  }
  return 'the server gave no reason';
}

type TaskCluster = NonNullable<Task['clusters']>[number];

function formatProgress(task: Task): ProgressLine[] {
  return (task.clusters ?? []).map((cluster) => ({
    text: `${cluster.cluster_name}: ${cluster.last_action_state ?? 'unknown'}`,
    isFinished: hasEnded(cluster),
  }));
}

/** Whether a task has finished. Running upgrades continue after the task has been canceled. */
export function isTaskFinished(task: Task): boolean {
  const isRunning = (task.clusters ?? []).some(
    ({ last_action_state: state }) => state === 'in progress',
  );
  return (task.status === 'done' || task.status === 'canceled') && !isRunning;
}

/** Returns the clusters of a finished task whose upgrade failed or never started. */
export function findNotUpgraded(task: Task): string[] {
  return (task.clusters ?? [])
    .filter(({ last_action_state: state }) => state !== 'succeeded')
    .map(({ cluster_name: name }) => name);
}

/**
 * Formats what has happened between two responses, worded like the `pks` CLI.
 * @param before - the task in the previous response; `undefined` for the first one.
 * @see pks-cli, section 8.5
 */
export function formatEvents(before: Task | undefined, task: Task): string[] {
  const hasCanaries = (task.clusters ?? []).some(({ is_canary: isCanary }) => isCanary === true);
  const previous = new Map(
    (before?.clusters ?? []).map((cluster) => [cluster.cluster_name, cluster]),
  );
  return (task.clusters ?? []).flatMap((cluster) => {
    const old = previous.get(cluster.cluster_name);
    return [
      ...(hasStarted(cluster) && !(old && hasStarted(old))
        ? [`Started upgrading cluster: ${cluster.cluster_name}`]
        : []),
      ...(hasEnded(cluster) && !(old && hasEnded(old)) ? [formatEnd(cluster, hasCanaries)] : []),
    ];
  });
}

function formatEnd(
  { cluster_name: name, last_action_state: state }: TaskCluster,
  hasCanaries: boolean,
): string {
  if (state === 'failed') return `Upgrading cluster failed: ${name}`;
  return hasCanaries
    ? `Upgrading cluster succeeded: ${name}`
    : `Finished upgrading cluster: ${name}`;
}

function hasStarted(cluster: TaskCluster): boolean {
  return cluster.last_action_state === 'in progress' || hasEnded(cluster);
}

function hasEnded({ last_action_state: state }: TaskCluster): boolean {
  return state === 'succeeded' || state === 'failed';
}

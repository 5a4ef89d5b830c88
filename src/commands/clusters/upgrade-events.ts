import type { Task } from '../../pks/tasks.js';
import type { ProgressLine } from '../waiting/progress.js';

type TaskCluster = NonNullable<Task['clusters']>[number];

/** Formats the state of each cluster. */
export function formatProgress(task: Task): ProgressLine[] {
  return clustersIn(task).map((cluster) => ({
    text: `${cluster.cluster_name}: ${cluster.last_action_state ?? 'unknown'}`,
    isFinished: hasEnded(cluster),
  }));
}

/** Whether a task has finished. Running upgrades continue after the task has been canceled. */
export function isTaskFinished(task: Task): boolean {
  const isRunning = clustersIn(task).some(
    ({ last_action_state: state }) => state === 'in progress',
  );
  return (task.status === 'done' || task.status === 'canceled') && !isRunning;
}

/** Returns the clusters of a finished task whose upgrade failed or never started. */
export function findNotUpgraded(task: Task): string[] {
  return clustersIn(task)
    .filter(({ last_action_state: state }) => state !== 'succeeded')
    .map(({ cluster_name: name }) => name);
}

/**
 * Formats what has happened between two responses, worded like the `pks` CLI.
 *
 * @param before - the task in the previous response; `undefined` for the first one.
 * @see pks-cli, section 8.5
 */
export function formatEvents(before: Task | undefined, task: Task): string[] {
  const hasCanaries = clustersIn(task).some(({ is_canary: isCanary }) => isCanary === true);
  const previous = new Map(
    (before ? clustersIn(before) : []).map((cluster) => [cluster.cluster_name, cluster]),
  );
  return clustersIn(task).flatMap((cluster) => {
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

function clustersIn({ clusters }: Task): readonly TaskCluster[] {
  return clusters ?? [];
}

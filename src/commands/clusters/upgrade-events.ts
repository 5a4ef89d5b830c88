import type { Task } from '../../pks/tasks.js';
import type { ProgressLine } from '../waiting/progress.js';

type TaskCluster = NonNullable<Task['clusters']>[number];

/** How each cluster stands. */
export function formatProgress(task: Task): ProgressLine[] {
  return clustersIn(task).map((cluster) => ({
    text: `${cluster.cluster_name}: ${cluster.last_action_state ?? 'unknown'}`,
    isOver: hasEnded(cluster),
  }));
}

/** What runs is brought to its end even when the task is canceled. */
export function isTaskFinished(task: Task): boolean {
  const isRunning = clustersIn(task).some(
    ({ last_action_state: state }) => state === 'in progress',
  );
  return (task.status === 'done' || task.status === 'canceled') && !isRunning;
}

/** Clusters of a task that is over, that failed or whose turn never came. */
export function findNotUpgraded(task: Task): string[] {
  const bad = clustersIn(task).filter(({ last_action_state: state }) => state !== 'succeeded');
  return bad.map(({ cluster_name: name }) => name);
}

/**
 * What happened between two looks, in the original's words.
 *
 * @param before - absent at the first look.
 * @see pks-cli, section 8.5
 */
export function formatEvents(before: Task | undefined, task: Task): string[] {
  const hasCanaries = clustersIn(task).some(({ is_canary: isCanary }) => isCanary === true);
  const earlier = new Map(
    (before ? clustersIn(before) : []).map((cluster) => [cluster.cluster_name, cluster]),
  );
  return clustersIn(task).flatMap((cluster) => {
    const old = earlier.get(cluster.cluster_name);
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

import type { Task } from '../../pks/tasks.js';
import type { ProgressLine } from '../waiting/progress.js';

type TaskCluster = NonNullable<Task['clusters']>[number];

/** How each cluster stands. */
export function statesOf(task: Task): ProgressLine[] {
  return clustersIn(task).map((cluster) => ({
    text: `${cluster.cluster_name}: ${cluster.last_action_state ?? 'unknown'}`,
    isOver: hasEnded(cluster),
  }));
}

/** What runs is brought to its end even when the task is canceled. */
export function isTaskOver(task: Task): boolean {
  const isRunning = clustersIn(task).some(
    ({ last_action_state: state }) => state === 'in progress',
  );
  return (task.status === 'done' || task.status === 'canceled') && !isRunning;
}

/** Clusters of a task that is over, that failed or whose turn never came. */
export function endedBadly(task: Task): string[] {
  const bad = clustersIn(task).filter(({ last_action_state: state }) => state !== 'succeeded');
  return bad.map(({ cluster_name: name }) => name);
}

/**
 * What happened between two looks, in the original's words.
 *
 * @param before - absent at the first look.
 * @see pks-cli, section 8.5
 */
export function upgradeEvents(before: Task | undefined, task: Task): string[] {
  const hasCanaries = clustersIn(task).some(({ is_canary: isCanary }) => isCanary === true);
  const earlier = new Map(
    (before ? clustersIn(before) : []).map((cluster) => [cluster.cluster_name, cluster]),
  );
  return clustersIn(task).flatMap((cluster) => {
    const old = earlier.get(cluster.cluster_name);
    return [
      ...(hasBegun(cluster) && !(old && hasBegun(old))
        ? [`Started upgrading cluster: ${cluster.cluster_name}`]
        : []),
      ...(hasEnded(cluster) && !(old && hasEnded(old)) ? [endOf(cluster, hasCanaries)] : []),
    ];
  });
}

function endOf(
  { cluster_name: name, last_action_state: state }: TaskCluster,
  hasCanaries: boolean,
): string {
  if (state === 'failed') return `Upgrading cluster failed: ${name}`;
  return hasCanaries
    ? `Upgrading cluster succeeded: ${name}`
    : `Finished upgrading cluster: ${name}`;
}

function hasBegun(cluster: TaskCluster): boolean {
  return cluster.last_action_state === 'in progress' || hasEnded(cluster);
}

function hasEnded({ last_action_state: state }: TaskCluster): boolean {
  return state === 'succeeded' || state === 'failed';
}

function clustersIn({ clusters }: Task): readonly TaskCluster[] {
  return clusters ?? [];
}

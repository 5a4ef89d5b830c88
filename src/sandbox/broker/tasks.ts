import { createMemoryStorage, type Storage } from '../storage/storage.js';
import type { Run } from './state.js';

/** An upgrade of several clusters. Times are in epoch milliseconds. */
export interface Task {
  readonly uuid: string;
  /** User name or client id of the identity that started the task. */
  readonly owner: string;
  readonly beganAt: number;
  readonly canceledAt?: number;
  /** Clusters in the order of their upgrades, canaries first. */
  readonly clusters: readonly TaskCluster[];
}

/** The upgrade of one cluster. It is scheduled when the task is created. */
export interface TaskCluster {
  readonly name: string;
  readonly isCanary: boolean;
  /** Undefined if the upgrade never starts, because an earlier canary fails. */
  readonly run?: Run & { readonly fails: boolean };
}

/** Tasks by id. */
export type TaskStore = ReturnType<typeof createTaskStore>;

/** @param seed - initial tasks, the latest first. */
export function createTaskStore(
  storage: Storage = createMemoryStorage(),
  seed: readonly Task[] = [],
) {
  const tasks = storage.collection<Task>({
    name: 'tasks',
    key: ({ uuid }) => uuid,
    seed: () => seed.toReversed(),
  });
  return {
    ...tasks,
    listLatestFirst: () => tasks.all().toReversed(),
  };
}

/**
 * Formats a task as the API returns it. Its times are in epoch seconds.
 *
 * @param now - epoch milliseconds.
 * @see pks-api, sections 6 and 7.5
 */
export function toTaskInfo({ uuid, beganAt, canceledAt, clusters }: Task, now: number) {
  const runs = clusters.flatMap(({ run }) => run ?? []);
  const end = Math.max(canceledAt ?? 0, beganAt, ...runs.map(({ endsAt }) => endsAt));
  const hasStarted = runs.some(({ startsAt }) => startsAt <= now);
  const status = end <= now ? 'done' : hasStarted ? 'in progress' : 'not started';
  return {
    uuid,
    type: 'UPGRADE',
    status: canceledAt === undefined ? status : 'canceled',
    clusters: clusters.map((cluster) => toClusterInfo(cluster, now)),
    start_time: toSeconds(beganAt),
    ...(end <= now && { end_time: toSeconds(end) }),
  };
}

function toClusterInfo({ name, isCanary, run }: TaskCluster, now: number) {
  const hasStarted = run !== undefined && run.startsAt <= now;
  const hasEnded = run !== undefined && run.endsAt <= now;
  const outcome = run?.fails === true ? 'failed' : 'succeeded';
  return {
    cluster_name: name,
    last_action: 'UPGRADE',
    last_action_state: hasEnded ? outcome : hasStarted ? 'in progress' : 'queued',
    ...(hasStarted && { start_time: toSeconds(run.startsAt) }),
    ...(hasEnded && { end_time: toSeconds(run.endsAt) }),
    is_canary: isCanary,
  };
}

function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

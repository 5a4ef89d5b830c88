import type { Storage } from '../storage.js';
import type { Cluster } from './cluster.js';

/** A cluster, its owner, and its scheduled changes. */
export interface Instance {
  /** User name, or client ID if a client created the cluster. */
  readonly owner: string;
  readonly cluster: Cluster;
  readonly steps?: readonly Step[];
}

/** Start and end of an operation, in epoch milliseconds. */
export interface Run {
  readonly startsAt: number;
  readonly endsAt: number;
}

export interface Step {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly change?: Partial<Cluster>;
  /** The cluster is deleted at this time. */
  readonly isEnd?: true;
}

export type ClusterStore = ReturnType<typeof createClusterStore>;

/**
 * Creates a store of clusters. Their states depend on the scheduled steps and the current time.
 * @param seed - initial clusters.
 * @param now - returns epoch milliseconds.
 */
export function createClusterStore(seed: readonly Instance[], now: () => number, storage: Storage) {
  const instances = storage.collection<Instance>({
    name: 'clusters',
    key: ({ cluster }) => cluster.name,
    seed: () => seed,
  });
  return {
    /** Returns all clusters in their current states, in the order of creation. */
    list: (): readonly Instance[] =>
      instances.all().flatMap((instance) => resolveAt(now(), instance) ?? []),
    /** Returns the cluster in its current state. */
    findByName: (name: string): Instance | undefined => {
      const instance = instances.get(name);
      return instance && resolveAt(now(), instance);
    },
    /** Returns the cluster as it was stored, with all past and future steps. */
    getStored: instances.get,
    /** Adds clusters, or replaces clusters with the same names. */
    save(...changed: readonly Instance[]): void {
      const deleted = instances.all().filter((instance) => !resolveAt(now(), instance));
      for (const { cluster } of deleted) instances.delete(cluster.name);
      for (const instance of changed) instances.put(instance);
    },
  };
}

/** Applies the steps up to `now`. @returns undefined if the cluster is deleted by then. */
function resolveAt(now: number, { owner, cluster, steps = [] }: Instance): Instance | undefined {
  const pastSteps = steps.filter((step) => step.at <= now);
  if (pastSteps.some(({ isEnd }) => isEnd)) return undefined;
  return {
    owner,
    cluster: pastSteps.reduce<Cluster>(
      (current, { change }) => ({ ...current, ...change }),
      cluster,
    ),
  };
}

export const profileKinds = ['network', 'compute', 'kubernetes'] as const;
export type ProfileKind = (typeof profileKinds)[number];

/** Named settings for clusters. The broker does not interpret their content. */
export interface Profile {
  readonly kind: ProfileKind;
  readonly name: string;
  readonly uuid: string;
  /** User name or client ID of the creator. */
  readonly owner: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly content: Readonly<Record<string, unknown>>;
}

export type ProfileStore = ReturnType<typeof createProfileStore>;

/** @param seed - initial profiles, in the order of creation. */
export function createProfileStore(seed: readonly Profile[], storage: Storage) {
  const formatKey = (kind: ProfileKind, name: string) => JSON.stringify([kind, name]);
  const profiles = storage.collection<Profile>({
    name: 'profiles',
    key: ({ kind, name }) => formatKey(kind, name),
    seed: () => seed,
  });
  return {
    put: profiles.put,
    /** Returns the profiles of a kind, in the order of creation. */
    listByKind: profiles.getIndex('kind', ({ kind }) => kind),
    get: (kind: ProfileKind, name: string) => profiles.get(formatKey(kind, name)),
    delete: (kind: ProfileKind, name: string) => profiles.delete(formatKey(kind, name)),
  };
}

/** An upgrade of several clusters. Times are in epoch milliseconds. */
export interface Task {
  readonly uuid: string;
  /** User name or client ID of the identity that started the task. */
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

export type TaskStore = ReturnType<typeof createTaskStore>;

/** @param seed - initial tasks, the latest first. */
export function createTaskStore(seed: readonly Task[], storage: Storage) {
  const tasks = storage.collection<Task>({
    name: 'tasks',
    key: ({ uuid }) => uuid,
    seed: () => seed.toReversed(),
  });
  return { ...tasks, listLatestFirst: () => tasks.all().toReversed() };
}

/** Returns the time when a task ends or was canceled, in epoch milliseconds. */
export function findTaskEnd({ beganAt, canceledAt = 0, clusters }: Task): number {
  return Math.max(canceledAt, beganAt, ...clusters.map(({ run }) => run?.endsAt ?? 0));
}

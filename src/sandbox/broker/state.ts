import { createMemoryStorage, type Storage } from '../storage/storage.js';
import type { Cluster } from './cluster.js';

/** A cluster, its owner, and its scheduled changes. */
export interface Instance {
  /** User name, or client id if a client created the cluster. */
  readonly owner: string;
  readonly cluster: Cluster;
  readonly steps?: readonly Step[];
}

/** Start and end of an operation, in epoch milliseconds. */
export interface Run {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** A change to a cluster at a point in time. */
export interface Step {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly change?: Partial<Cluster>;
  /** The cluster is deleted at this time. */
  readonly isEnd?: true;
}

/** The clusters that the broker manages. */
export type BrokerState = ReturnType<typeof createBrokerState>;

/**
 * Creates a store of clusters, whose states depend on the scheduled steps and the current time.
 *
 * @param seed - initial clusters.
 * @param now - returns epoch milliseconds.
 */
export function createBrokerState(
  seed: readonly Instance[],
  now: () => number,
  storage: Storage = createMemoryStorage(),
) {
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

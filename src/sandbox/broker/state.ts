import type { Cluster } from './cluster.js';
import { storageInMemory, type Storage } from '../storage/storage.js';

/** A cluster, its owner, and its scheduled changes. */
export interface Instance {
  /** User name, or client id if a client created it. */
  readonly owner: string;
  readonly cluster: Cluster;
  readonly steps?: readonly Step[];
  /** When its last operation runs, or ran. */
  readonly run?: Run;
}

/** Epoch milliseconds. */
export interface Run {
  readonly startsAt: number;
  readonly endsAt: number;
}

export interface Step {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly change?: Partial<Cluster>;
  /** The cluster is deleted. */
  readonly isEnd?: true;
}

/** The clusters that the broker manages. */
export type BrokerState = ReturnType<typeof createBrokerState>;

/**
 * @param seed - initial clusters.
 * @param now - epoch milliseconds; operations advance with it.
 */
export function createBrokerState(
  seed: readonly Instance[],
  now: () => number,
  storage: Storage = storageInMemory(),
) {
  const instances = storage.collection<Instance>({
    name: 'clusters',
    key: ({ cluster }) => cluster.name,
    requiredMembers: ['owner', 'cluster'],
    seed: () => seed,
  });
  const findDeleting = instances.indexedBy('ending', ({ steps = [] }) =>
    steps.some(({ isEnd }) => isEnd) ? 'yes' : undefined,
  );
  const endOf = ({ run }: Instance): number => run?.endsAt ?? 0;
  const byLatestEnd = instances.orderedBy('end', (a, b) => endOf(b) - endOf(a));
  const listDeleted = () => findDeleting('yes').filter((instance) => !resolveAt(now(), instance));

  return {
    /** All clusters in their current state, in the order of creation. */
    list: (): readonly Instance[] =>
      instances.all().flatMap((instance) => resolveAt(now(), instance) ?? []),
    count: () => instances.size() - listDeleted().length,
    /** The cluster in its current state. */
    findByName: (name: string): Instance | undefined => {
      const instance = instances.get(name);
      return instance && resolveAt(now(), instance);
    },
    /** The cluster as it was saved, with all steps, past and future. */
    getStored: instances.get,
    /** Jobs that are running or scheduled. */
    listActiveRuns: (): readonly Run[] =>
      byLatestEnd.takeWhile((instance) => endOf(instance) > now()).flatMap(({ run }) => run ?? []),
    /** Adds clusters, or replaces those with the same names. */
    save(...changed: readonly Instance[]): void {
      for (const { cluster } of listDeleted()) instances.delete(cluster.name);
      for (const instance of changed) instances.put(instance);
    },
  };
}

/** @returns undefined if it has been deleted by then. */
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

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
  const ending = instances.indexedBy('ending', ({ steps = [] }) =>
    steps.some(({ isEnd }) => isEnd) ? 'yes' : undefined,
  );
  const endOf = ({ run }: Instance): number => run?.endsAt ?? 0;
  const latestEndFirst = instances.orderedBy('end', (a, b) => endOf(b) - endOf(a));
  const ended = () => ending('yes').filter((instance) => !at(now(), instance));

  return {
    /** All clusters in their current state, in the order of creation. */
    instances: (): readonly Instance[] =>
      instances.all().flatMap((instance) => at(now(), instance) ?? []),
    count: () => instances.size() - ended().length,
    /** The cluster in its current state. */
    byName: (name: string): Instance | undefined => {
      const instance = instances.get(name);
      return instance && at(now(), instance);
    },
    /** The cluster as it was saved, with all steps, past and future. */
    saved: instances.get,
    /** Jobs that are running or scheduled. */
    runs: (): readonly Run[] =>
      latestEndFirst
        .takeWhile((instance) => endOf(instance) > now())
        .flatMap(({ run }) => run ?? []),
    /** Adds clusters, or replaces those with the same names. */
    save(...saved: readonly Instance[]): void {
      for (const { cluster } of ended()) instances.delete(cluster.name);
      for (const instance of saved) instances.put(instance);
    },
  };
}

/** @returns undefined if it has been deleted by then. */
function at(now: number, { owner, cluster, steps = [] }: Instance): Instance | undefined {
  const done = steps.filter((step) => step.at <= now);
  if (done.some(({ isEnd }) => isEnd)) return undefined;
  return {
    owner,
    cluster: done.reduce<Cluster>((soFar, { change }) => ({ ...soFar, ...change }), cluster),
  };
}

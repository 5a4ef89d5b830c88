import type { Cluster } from './cluster.js';
import { hasMembers, keepInMemory, type Keep } from '../keep.js';

/** A cluster, whose it is, and what will become of it by itself. */
export interface Instance {
  /** User name, or client id of who had no user. */
  readonly owner: string;
  readonly cluster: Cluster;
  readonly steps?: readonly Step[];
  /** When the last thing that was done with it runs, or ran. */
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
  /** The cluster is no more. */
  readonly isEnd?: true;
}

/** What the broker knows. */
export interface BrokerState {
  /** All clusters as they are at this moment, in the order in which they were made. */
  readonly instances: () => readonly Instance[];
  readonly byName: (name: string) => Instance | undefined;
  /** As it was when it was saved: with the steps to come, and those that are done. */
  readonly saved: (name: string) => Instance | undefined;
  /** Adds a cluster, or puts it in the place of the one with its name. */
  readonly save: (...instances: readonly Instance[]) => void;
}

/**
 * @param seed - what there is at first.
 * @param now - epoch milliseconds; what is under way advances with it.
 */
export function createBrokerState(
  seed: readonly Instance[],
  now: () => number,
  keep: Keep = keepInMemory,
): BrokerState {
  const kept = keep({ name: 'clusters', start: () => seed, isItem: isInstance });
  const all = new Map(kept.read().map((instance) => [instance.cluster.name, instance]));
  return {
    instances: () => [...all.values()].flatMap((instance) => at(now(), instance) ?? []),
    byName: (name) => {
      const instance = all.get(name);
      return instance && at(now(), instance);
    },
    saved: (name) => all.get(name),
    save(...instances) {
      for (const [name, instance] of all) if (!at(now(), instance)) all.delete(name);
      for (const instance of instances) all.set(instance.cluster.name, instance);
      kept.write([...all.values()]);
    },
  };
}

function isInstance(value: unknown): value is Instance {
  return hasMembers(value, 'owner', 'cluster');
}

/** @returns undefined when it is gone by then. */
function at(now: number, { owner, cluster, steps = [] }: Instance): Instance | undefined {
  const done = steps.filter((step) => step.at <= now);
  if (done.some(({ isEnd }) => isEnd)) return undefined;
  return {
    owner,
    cluster: done.reduce<Cluster>((soFar, { change }) => ({ ...soFar, ...change }), cluster),
  };
}

import type { Cluster } from './cluster.js';

/** A cluster, whose it is, and what will become of it by itself. */
export interface Instance {
  /** User name, or client id of who had no user. */
  readonly owner: string;
  readonly cluster: Cluster;
  readonly steps?: readonly Step[];
}

export interface Step {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly change: Partial<Cluster>;
}

/** What the broker knows. */
export interface BrokerState {
  /** All clusters as they are at this moment, in the order in which they were made. */
  readonly instances: () => readonly Instance[];
  readonly byName: (name: string) => Instance | undefined;
}

/** @param now - epoch milliseconds; what is under way advances with it. */
export function createBrokerState(seed: readonly Instance[], now: () => number): BrokerState {
  const instances = new Map(seed.map((instance) => [instance.cluster.name, instance]));
  return {
    instances: () => [...instances.values()].map((instance) => at(now(), instance)),
    byName: (name) => {
      const instance = instances.get(name);
      return instance && at(now(), instance);
    },
  };
}

function at(now: number, instance: Instance): Instance {
  const { owner, cluster, steps = [] } = instance;
  const done = steps.filter((step) => step.at <= now).map(({ change }) => change);
  return { owner, cluster: Object.assign({}, cluster, ...done) as Cluster };
}

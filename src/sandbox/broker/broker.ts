import type { Release } from '../release.js';
import type { Collection } from '../storage/collection.js';
import type { Storage } from '../storage/storage.js';
import { createChanges, type Changes } from './changes.js';
import type { Cluster } from './cluster.js';
import { createProfileStore, type ProfileStore } from './profiles.js';
import { seedClusters, seedProfiles, seedQuotas, seedTasks } from './seed.js';
import { createBrokerState, type BrokerState } from './state.js';
import { createTaskStore, type TaskStore } from './tasks.js';

/** Limits for all clusters of an owner together; memory in GB. @see pks-api, section 9 */
export interface Quota {
  readonly owner: string;
  readonly limit: { readonly cpu: number; readonly memory: number; readonly cluster: number };
}

export interface BrokerOptions {
  /** Returns epoch milliseconds. */
  readonly now: () => number;
  readonly release: Release;
  /** Duration of each cluster operation. */
  readonly provisionSeconds: number;
  readonly storage: Storage;
}

/**
 * Simulates the on-demand broker and BOSH, which are behind the API. It stores all clusters with their
 * owners. The API checks the rights of the caller and validates the requests.
 */
export interface Broker extends Changes {
  readonly clusters: BrokerState;
  readonly tasks: TaskStore;
  readonly profiles: ProfileStore;
  readonly quotas: Collection<Quota>;
  /** Returns the current state of a cluster; undefined if it does not exist. */
  readonly findCluster: (name: string) => Cluster | undefined;
}

export function createBroker({ now, release, provisionSeconds, storage }: BrokerOptions): Broker {
  const seed = seedClusters(now(), provisionSeconds, release);
  const clusters = createBrokerState(seed, now, storage);
  const tasks = createTaskStore(storage, seedTasks(now()));
  const quotas = storage.collection<Quota>({
    name: 'quotas',
    key: ({ owner }) => owner,
    seed: () => seedQuotas,
  });
  const milliseconds = provisionSeconds * 1000;
  return {
    ...createChanges({ state: clusters, tasks, release, now, milliseconds }),
    clusters,
    tasks,
    profiles: createProfileStore(storage, seedProfiles(now())),
    quotas,
    findCluster: (name) => clusters.findByName(name)?.cluster,
  };
}

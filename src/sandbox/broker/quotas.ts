import type { Collection } from '../storage/collection.js';
import { createMemoryStorage, type Storage } from '../storage/storage.js';

/** Limits for all clusters of an owner together; memory in GB. @see pks-api, section 9 */
export interface Quota {
  readonly owner: string;
  readonly limit: { readonly cpu: number; readonly memory: number; readonly cluster: number };
}

/**
 * Creates a store of quotas by owner.
 *
 * @param seed - initial quotas.
 */
export function createQuotaStore(
  seed: readonly Quota[] = [],
  storage: Storage = createMemoryStorage(),
): Collection<Quota> {
  return storage.collection<Quota>({
    name: 'quotas',
    key: ({ owner }) => owner,
    seed: () => seed,
  });
}

/** The owner has no clusters, so the quota does not limit any of the initial clusters. */
export const seedQuotas: readonly Quota[] = [
  { owner: 'dana', limit: { cpu: 16, memory: 64, cluster: 2 } },
];

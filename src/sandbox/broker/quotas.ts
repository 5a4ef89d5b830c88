import type { Collection } from '../storage/collection.js';
import { storageInMemory, type Storage } from '../storage/storage.js';

/** What all clusters of an owner together may use; memory in GB. @see pks-api, section 9 */
export interface Quota {
  readonly owner: string;
  readonly limit: { readonly cpu: number; readonly memory: number; readonly cluster: number };
}

/** Quotas by owner. @param seed - initial quotas. */
export function createQuotaStore(
  seed: readonly Quota[] = [],
  storage: Storage = storageInMemory(),
): Collection<Quota> {
  return storage.collection<Quota>({
    name: 'quotas',
    key: ({ owner }) => owner,
    requiredMembers: ['owner', 'limit'],
    seed: () => seed,
  });
}

/** For a user without clusters, so that it limits no one. */
export const seedQuotas: readonly Quota[] = [
  { owner: 'dana', limit: { cpu: 16, memory: 64, cluster: 2 } },
];

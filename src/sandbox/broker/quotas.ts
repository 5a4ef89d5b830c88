import { hasMembers, storageInMemory, type Storage } from '../storage/storage.js';

/** What all clusters of an owner together may use. @see pks-api, section 9 */
export interface Quota {
  readonly owner: string;
  readonly limit: { readonly cpu: number; readonly memory: number; readonly cluster: number };
}

export interface QuotaStore {
  readonly all: () => readonly Quota[];
  readonly get: (owner: string) => Quota | undefined;
  /** Adds a quota, or puts it in the place of the owner's old one. */
  readonly save: (quota: Quota) => void;
  readonly remove: (owner: string) => void;
}

/** @param seed - initial quotas. */
export function createQuotaStore(
  seed: readonly Quota[] = [],
  storage: Storage = storageInMemory(),
): QuotaStore {
  const quotas = storage.collection<Quota>({
    name: 'quotas',
    key: ({ owner }) => owner,
    isRow: isQuota,
    seed: () => seed,
  });
  return {
    all: quotas.all,
    get: quotas.get,
    save: quotas.put,
    remove: (owner) => void quotas.delete(owner),
  };
}

function isQuota(value: unknown): value is Quota {
  return hasMembers(value, 'owner', 'limit');
}

/** For a user without clusters, so that it limits no one. */
export const seedQuotas: readonly Quota[] = [
  { owner: 'dana', limit: { cpu: 16, memory: 64, cluster: 2 } },
];

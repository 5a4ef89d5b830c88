import { hasMembers, storageInMemory, type Storage } from '../storage/storage.js';

/** How much the clusters of one owner may take together. @see pks-api, section 9 */
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

/** @param seed - what there is at first. */
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

/** Of somebody who makes no clusters yet, so that it is in nobody's way. */
export const seedQuotas: readonly Quota[] = [
  { owner: 'dana', limit: { cpu: 16, memory: 64, cluster: 2 } },
];

import { hasMembers, keepInMemory, type Keep } from '../keep.js';

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
  keep: Keep = keepInMemory,
): QuotaStore {
  const kept = keep({ name: 'quotas', start: () => seed, isItem: isQuota });
  const get: QuotaStore['get'] = (owner) => kept.read().find((each) => each.owner === owner);
  return {
    all: kept.read,
    get,
    save: (quota) => {
      const quotas = kept.read();
      kept.write(
        get(quota.owner)
          ? quotas.map((each) => (each.owner === quota.owner ? quota : each))
          : [...quotas, quota],
      );
    },
    remove: (owner) => {
      kept.write(kept.read().filter((each) => each.owner !== owner));
    },
  };
}

function isQuota(value: unknown): value is Quota {
  return hasMembers(value, 'owner', 'limit');
}

/** Of somebody who makes no clusters yet, so that it is in nobody's way. */
export const seedQuotas: readonly Quota[] = [
  { owner: 'dana', limit: { cpu: 16, memory: 64, cluster: 2 } },
];

import { isObject } from './body.js';
import { unreadable, type BrokerLine } from './broker-line.js';

/** Memory in GB. */
export interface Limit {
  readonly cpu: number;
  readonly memory: number;
  readonly cluster: number;
}

export interface Quota {
  readonly owner: string;
  readonly limit: Limit;
}

export interface QuotaAccess {
  readonly quotas: () => Promise<readonly Quota[]>;
  /** @returns undefined when the owner has none. */
  readonly quota: (owner: string) => Promise<Quota | undefined>;
  readonly saveQuota: (quota: Quota) => Promise<void>;
  readonly removeQuota: (owner: string) => Promise<void>;
}

export function quotaAccess(line: BrokerLine): QuotaAccess {
  const at = (owner: string) => `/quotas/${encodeURIComponent(owner)}`;
  return {
    quotas: async () => {
      const all = await line('GET', '/quotas');
      if (!Array.isArray(all)) throw unreadable();
      return all.map(toQuota);
    },
    quota: async (owner) => {
      const found = await line('GET', at(owner));
      return found === undefined ? undefined : toQuota(found);
    },
    saveQuota: async ({ owner, limit }) => {
      await line('PUT', at(owner), limit);
    },
    removeQuota: async (owner) => {
      await line('DELETE', at(owner));
    },
  };
}

function toQuota(value: unknown): Quota {
  const limit = isObject(value) ? value['limit'] : undefined;
  if (!isObject(value) || typeof value['owner'] !== 'string' || !isObject(limit)) {
    throw unreadable();
  }
  const { cpu, memory, cluster } = limit;
  const isWhole =
    typeof cpu === 'number' && typeof memory === 'number' && typeof cluster === 'number';
  if (!isWhole) throw unreadable();
  return { owner: value['owner'], limit: { cpu, memory, cluster } };
}

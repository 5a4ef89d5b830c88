import { unreadable, type BrokerLine } from './broker-line.js';

/** A cluster and its owner, as the broker reports them. */
export interface OwnedCluster {
  readonly owner: string;
  readonly cluster: Readonly<Record<string, unknown>>;
}

export interface ClusterAccess {
  readonly clusters: () => Promise<readonly OwnedCluster[]>;
  /** @returns undefined when there is none of that name. */
  readonly cluster: (name: string) => Promise<OwnedCluster | undefined>;
}

export function clusterAccess(line: BrokerLine): ClusterAccess {
  return {
    clusters: async () => {
      const all = await line('GET', '/clusters');
      if (!Array.isArray(all)) throw unreadable();
      return all.map(toOwned);
    },
    cluster: async (name) => {
      const found = await line('GET', `/clusters/${encodeURIComponent(name)}`);
      return found === undefined ? undefined : toOwned(found);
    },
  };
}

export function toOwned(value: unknown): OwnedCluster {
  if (typeof value === 'object' && value !== null && 'owner' in value && 'cluster' in value) {
    const { owner, cluster } = value;
    if (typeof owner === 'string' && typeof cluster === 'object' && cluster !== null) {
      return { owner, cluster: { ...cluster } };
    }
  }
  throw unreadable();
}

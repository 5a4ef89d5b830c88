import { ask } from '../wire.js';

/** A cluster and whose it is, as the broker tells. */
export interface OwnedCluster {
  readonly owner: string;
  readonly cluster: Readonly<Record<string, unknown>>;
}

export interface BrokerAccess {
  readonly clusters: () => Promise<readonly OwnedCluster[]>;
  /** @returns `undefined` when there is none of that name. */
  readonly cluster: (name: string) => Promise<OwnedCluster | undefined>;
}

/** @param origin - where the broker listens. */
export function createBrokerAccess(
  origin: string,
  { username, password }: { readonly username: string; readonly password: string },
): BrokerAccess {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const get = async (path: string): Promise<unknown> => {
    const url = `${origin}${path}`;
    const { status, body } = await ask({ method: 'GET', url, headers: { authorization } });
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`the broker answers ${String(status)}`);
    return JSON.parse(body) as unknown;
  };
  return {
    clusters: async () => {
      const all = await get('/clusters');
      return Array.isArray(all) ? all.map(toOwned) : [];
    },
    cluster: async (name) => {
      const found = await get(`/clusters/${encodeURIComponent(name)}`);
      return found === undefined ? undefined : toOwned(found);
    },
  };
}

function toOwned(value: unknown): OwnedCluster {
  if (typeof value === 'object' && value !== null && 'owner' in value && 'cluster' in value) {
    const { owner, cluster } = value;
    if (typeof owner === 'string' && typeof cluster === 'object' && cluster !== null) {
      return { owner, cluster: Object.fromEntries(Object.entries(cluster)) };
    }
  }
  throw new Error('the broker answers with something else');
}

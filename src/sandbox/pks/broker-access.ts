import { json } from '../router.js';
import { ask, basic } from '../wire.js';
import { Refused } from './refused.js';

/** A cluster and whose it is, as the broker tells. */
export interface OwnedCluster {
  readonly owner: string;
  readonly cluster: Readonly<Record<string, unknown>>;
}

/** What the API asks the broker. Both throw when it fails: `Refused` where it says why. */
export interface BrokerAccess {
  readonly clusters: () => Promise<readonly OwnedCluster[]>;
  /** @returns undefined when there is none of that name. */
  readonly cluster: (name: string) => Promise<OwnedCluster | undefined>;
}

/** @param origin - where the broker listens. */
export function createBrokerAccess(
  origin: string,
  { username, password }: { readonly username: string; readonly password: string },
): BrokerAccess {
  const headers = { authorization: basic(username, password), accept: 'application/json' };
  const get = (path: string) => ask({ method: 'GET', url: `${origin}${path}`, headers });
  return {
    clusters: async () => {
      const { status, body } = await get('/clusters');
      if (status !== 200) throw failed(status, body);
      const all: unknown = JSON.parse(body);
      if (!Array.isArray(all)) throw unreadable();
      return all.map(toOwned);
    },
    cluster: async (name) => {
      const { status, body } = await get(`/clusters/${encodeURIComponent(name)}`);
      if (status === 404) return undefined;
      if (status !== 200) throw failed(status, body);
      return toOwned(JSON.parse(body));
    },
  };
}

/** A broker's failure in the form in which the API passes it on. @see pks-api, section 11 */
function failed(status: number, body: string): Refused {
  const description = `Status: ${String(status)}; ErrorMessage: <nil>; Description: ${body}; ResponseError: <nil>`;
  return new Refused(json(500, { body: description }));
}

function toOwned(value: unknown): OwnedCluster {
  if (typeof value === 'object' && value !== null && 'owner' in value && 'cluster' in value) {
    const { owner, cluster } = value;
    if (typeof owner === 'string' && typeof cluster === 'object' && cluster !== null) {
      return { owner, cluster: { ...cluster } };
    }
  }
  throw unreadable();
}

function unreadable(): Error {
  return new Error('The broker answered with something that is no cluster');
}

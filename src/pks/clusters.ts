import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import { readJson } from '../http/decode.js';
import type { Send } from '../http/send.js';

const optionalText = v.nullish(v.string());

const clusterSchema = v.looseObject({
  name: v.string(),
  plan_name: optionalText,
  uuid: optionalText,
  last_action: optionalText,
  last_action_state: optionalText,
  last_action_description: optionalText,
  k8s_version: optionalText,
  pks_version: optionalText,
  network_profile_name: optionalText,
  kubernetes_profile_name: optionalText,
  compute_profile_name: optionalText,
  kubernetes_master_ips: v.nullish(v.array(v.string())),
  available_upgrades: v.nullish(
    v.array(v.looseObject({ component: optionalText, version: optionalText })),
  ),
  parameters: v.nullish(v.looseObject({})),
});

/** A cluster as the API spells it; members that tpks does not know are kept. @see pks-api, section 6 */
export type Cluster = v.InferOutput<typeof clusterSchema>;

/** The clusters that the token's user may see. */
export interface Clusters {
  /** @throws {TpksError} `unauthenticated`, `forbidden`, `unavailable` */
  readonly list: () => Promise<Cluster[]>;
  /**
   * @param options.details - also the settings of the network and of Kubernetes.
   * @throws {TpksError} `notFound` when it is absent or belongs to somebody else.
   */
  readonly get: (name: string, options?: { readonly details?: boolean }) => Promise<Cluster>;
}

/**
 * @param send - signed; throws on every status that is not a success.
 * @param api - origin of the PKS API.
 */
export function createClusters(send: Send, api: string): Clusters {
  const get = async (path: string): Promise<unknown> =>
    readJson(await send({ method: 'GET', url: `${api}/v1/${path}`, headers: json }));
  return {
    list: async () => toClusters(await get('clusters')),
    get: async (name, { details = false } = {}) => {
      // An address would lose such a name, and mean another route.
      if (/^\.{0,2}$/.test(name)) throw notFound(name);
      const route = details ? 'clusterdetails' : 'clusters';
      try {
        return toCluster(await get(`${route}/${encodeURIComponent(name)}`));
      } catch (error) {
        if (!isTpksError(error) || error.kind !== 'notFound') throw error;
        throw notFound(name, error);
      }
    },
  };
}

const json = { accept: 'application/json', 'content-type': 'application/json' };

function notFound(name: string, cause?: unknown): TpksError {
  return new TpksError('notFound', `Cluster ${name} not found`, {
    hint: 'tpks clusters lists those you may see',
    status: 404,
    cause,
  });
}

function toClusters(value: unknown): Cluster[] {
  if (!Array.isArray(value)) throw unexpected('a list of clusters');
  return value.map(toCluster);
}

function toCluster(value: unknown): Cluster {
  const result = v.safeParse(clusterSchema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw unexpected(`a cluster (${v.getDotPath(issue) ?? 'it'}: ${issue.message})`);
}

function unexpected(what: string): TpksError {
  return new TpksError('unavailable', `The PKS API did not answer with ${what}`, {
    hint: 'tpks curl /v1/clusters shows what it answers',
  });
}

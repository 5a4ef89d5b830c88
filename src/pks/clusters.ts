import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import { checkConfirmation } from '../http/confirmation.js';
import { parseJson, readJson } from '../http/decode.js';
import { streamList } from '../http/json-stream.js';
import { pathSegment } from '../http/path-segment.js';
import type { Send } from '../http/send.js';
import { createPksApi, orNotFound } from './api.js';
import { sayingWhatIsUnknown } from './outcome.js';
import { toTask, type Task } from './tasks.js';

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
export type Cluster = v.InferInput<typeof clusterSchema>;

/** A setting of a cluster, or of what is to become of it, as the API spells it. */
export type Parameters = Readonly<Record<string, unknown>>;

/** @see pks-api, section 6: ClusterTag */
export interface ClusterTag {
  readonly name: string;
  readonly value: string;
}

/** What a cluster is to be. @see pks-api, section 7.2 */
export interface ClusterRequest {
  readonly name: string;
  readonly plan_name: string;
  readonly network_profile_name?: string;
  readonly compute_profile_name?: string;
  readonly kubernetes_profile_name?: string;
  /** Has `kubernetes_master_host` at least. */
  readonly parameters: Parameters;
}

/** What is to become of a cluster, all on one level. @see pks-api, section 7.3 */
export type ClusterChange = Parameters;

/** @see pks-api, section 7.5 */
export interface UpgradeRequest extends Parameters {
  readonly clusters: readonly string[];
  readonly canaries: readonly string[];
  readonly max_in_flight: number;
}

/** The clusters that the token's user may see. */
export interface Clusters {
  /**
   * All of them in memory, for a list that is sorted or aligned.
   * @throws {TpksError} `unauthenticated`, `forbidden`; `unavailable`, also above 128 MiB
   */
  readonly list: () => Promise<Cluster[]>;
  /**
   * One by one as they arrive, so that memory does not grow with their number.
   * @throws {TpksError} as `list`, possibly after some clusters; the limit is 1 GiB
   */
  readonly every: () => AsyncIterable<Cluster>;
  /**
   * @param options.details - also the settings of the network and of Kubernetes.
   * @throws {TpksError} `notFound` if it does not exist or belongs to another user.
   */
  readonly get: (name: string, options?: { readonly details?: boolean }) => Promise<Cluster>;
  /**
   * Begins to make a cluster.
   * @returns the cluster as it is at first.
   * @throws {TpksError} `failed`, `conflict`, `forbidden`: in the server's words.
   */
  readonly create: (request: ClusterRequest) => Promise<Cluster>;
  /** Begins to change a cluster. @throws {TpksError} as `get` and `create` */
  readonly update: (name: string, change: ClusterChange) => Promise<void>;
  /** Begins to delete a cluster: it is there until `get` is `notFound`. */
  readonly remove: (name: string) => Promise<void>;
  /** Begins to upgrade clusters. @throws {TpksError} `notFound` when one of them is */
  readonly upgrade: (request: UpgradeRequest) => Promise<Task>;
  /**
   * The version that clusters can be upgraded to, e.g. `1.20.0-build.52`.
   * @returns `undefined` where the server does not tell; those before 1.5 cannot.
   * @see pks-api, route 19
   */
  readonly upgradable: () => Promise<string | undefined>;
}

/**
 * @param send - signed; throws on every status that is not a success.
 * @param api - origin of the PKS API.
 */
export function createClusters(send: Send, api: string): Clusters {
  const { write } = createPksApi(send, api);
  const get = async (path: string): Promise<unknown> =>
    readJson(await send({ method: 'GET', url: `${api}/v1/${path}`, headers: json }));
  const every = async function* (maximumBytes: number): AsyncGenerator<Cluster, void, undefined> {
    const response = await send({ method: 'GET', url: `${api}/v1/clusters`, headers: json });
    for await (const text of streamList(response, { maximumBytes, unexpected: notAList })) {
      yield toCluster(parseJson(text.toString('utf8'), response.status));
    }
  };
  return {
    list: async () => {
      const clusters: Cluster[] = [];
      for await (const cluster of every(maximumHeldBytes)) clusters.push(cluster);
      return clusters;
    },
    every: () => every(maximumStreamedBytes),
    get: async (name, { details = false } = {}) => {
      const route = details ? 'clusterdetails' : 'clusters';
      try {
        return toCluster(await get(`${route}/${pathSegment(name, 'cluster name')}`));
      } catch (error) {
        if (!isTpksError(error) || error.kind !== 'notFound') throw error;
        throw notFound(name, error);
      }
    },
    create: (request) => begun(request.name, write('POST', ['clusters'], request).then(toCluster)),
    update: async (name, change) => {
      const answer = write('PATCH', ['clusters', name], change).then(confirmCluster);
      await begun(name, named(name, answer));
    },
    remove: async (name) => {
      const answer = write('DELETE', ['clusters', name]).then(confirmCluster);
      await begun(name, named(name, answer));
    },
    upgrade: (request) => {
      const [only, ...more] = [...request.canaries, ...request.clusters];
      const answer = write('PATCH', ['clusters'], request).then(toTask);
      const isOne = only !== undefined && more.length === 0;
      return sayingWhatIsUnknown(isOne ? named(only, answer) : answer, 'tpks tasks');
    },
    upgradable: async () => {
      try {
        const answer = await send({ method: 'GET', url: `${api}/v1/upgradable`, headers: json });
        // A bare text, which some servers put in quotes.
        return /\d[\w.-]*/.exec(await answer.text())?.[0];
      } catch (error) {
        if (isTpksError(error) && error.status !== undefined) return undefined;
        throw error;
      }
    },
  };
}

function confirmCluster(answer: unknown): void {
  checkConfirmation('The PKS API', clusterSchema, answer);
}

function named<T>(name: string, answer: Promise<T>): Promise<T> {
  return orNotFound(answer, `Cluster ${name}`, hintOfAbsence);
}

function begun<T>(name: string, answer: Promise<T>): Promise<T> {
  return sayingWhatIsUnknown(answer, `tpks cluster ${name}`);
}

const hintOfAbsence = 'tpks clusters lists those you may see';

const json = { accept: 'application/json', 'content-type': 'application/json' };

function notFound(name: string, cause?: unknown): TpksError {
  return new TpksError('notFound', `Cluster ${name} not found`, {
    hint: hintOfAbsence,
    status: 404,
    cause,
  });
}

/** About 300,000 clusters, which take half a gigabyte of memory as objects. */
const maximumHeldBytes = 128 * 1024 * 1024;
const maximumStreamedBytes = 1024 * 1024 * 1024;

function notAList(why: string): TpksError {
  return unexpected(`a list of clusters (${why})`);
}

/** As it came: not even a member changes its place. */
function toCluster(value: unknown): Cluster {
  if (v.is(clusterSchema, value)) return value;
  const [issue] = v.safeParse(clusterSchema, value).issues ?? [];
  const where = issue && `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`;
  throw unexpected(where === undefined ? 'a cluster' : `a cluster (${where})`);
}

function unexpected(what: string): TpksError {
  return new TpksError('unavailable', `The PKS API did not answer with ${what}`, {
    hint: 'tpks curl /v1/clusters shows what it answers',
    // The status of every response whose body is decoded.
    status: 200,
  });
}

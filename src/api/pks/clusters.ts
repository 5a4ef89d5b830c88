import * as v from 'valibot';
import { isTpksError, rewordError } from '../../base/errors.js';
import { hostOf } from '../../base/pks-conventions.js';
import type { Send } from '../../platform/http/send.js';
import { segmentSchema, validateSegment } from '../client/api-client.js';
import { explainUnknownOutcome } from '../client/api-error.js';
import { createPksResource } from './pks-api.js';

const optionalText = v.nullish(v.string());

function formatShowCommand(name: string): string {
  return `tpks cluster ${name}`;
}

const clusterType = {
  route: 'clusters',
  nameKind: 'clusters' as const,
  noun: 'cluster',
  showCommand: formatShowCommand,
  existsHint: (name: string) =>
    `show the cluster: ${formatShowCommand(name)}\nupdate it: tpks update-cluster ${name}`,
  busyHint: (name: string) =>
    `wait for the current operation, then run the command again: tpks wait ${name}`,
  schema: v.looseObject({
    name: segmentSchema,
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
  }),
};

/** A cluster. @see docs/contributing/servers/pks-api.md#clusters */
export type Cluster = v.InferInput<typeof clusterType.schema>;

/** Settings of a cluster, with the field names of the API. */
export type Parameters = Readonly<Record<string, unknown>>;

/** @see docs/contributing/servers/pks-api.md#clusters */
export interface ClusterTag {
  readonly name: string;
  readonly value: string;
}

/** A cluster to create. @see docs/contributing/servers/pks-api.md#creation */
export interface ClusterRequest {
  readonly name: string;
  readonly plan_name: string;
  readonly [field: `${string}_profile_name`]: unknown;
  /** Contains at least `kubernetes_master_host`. */
  readonly parameters: Parameters;
}

/** The new settings of a cluster, as a flat object. @see docs/contributing/servers/pks-api.md#update */
export type ClusterUpdate = Parameters;

/** @see docs/contributing/servers/pks-api.md#upgrades */
export interface UpgradeRequest extends Parameters {
  readonly clusters: readonly string[];
  readonly canaries: readonly string[];
  readonly max_in_flight: number;
}

/** The fields of a cluster that refer to other resources. */
const references = [
  { field: 'plan_name', kind: 'plans', noun: 'plan' },
  { field: 'network_profile_name', kind: 'network-profiles', noun: 'network profile' },
  { field: 'kubernetes_profile_name', kind: 'kubernetes-profiles', noun: 'kubernetes profile' },
  { field: 'compute_profile_name', kind: 'compute-profiles', noun: 'compute profile' },
] as const;

const namedSchema = v.looseObject({ name: v.string() });

export type Clusters = ReturnType<typeof createClusters>;

/** The clusters that the identity has access to. Writes only start an operation. */
export function createClusters(send: Send, origin: string) {
  const resource = createPksResource(send, origin, clusterType);
  const { api, explainNotFound, explainBusy, explainCreation } = resource;

  /** Adds the name of a plan or profile that does not exist to the error. Only the message contains it. */
  const explainReferences = async <T>(request: object, response: Promise<T>): Promise<T> => {
    try {
      return await response;
    } catch (error) {
      if (!isTpksError(error) || error.status === undefined || error.unknownName) throw error;
      const named = references.flatMap(({ field, kind, noun }) => {
        const name: unknown = Reflect.get(request, field);
        return typeof name === 'string' && error.message.includes(name) ? { kind, noun, name } : [];
      });
      // A plan and a profile can have the same name.
      const found = named.find(({ noun }) => error.message.includes(noun)) ?? named[0];
      if (found === undefined) throw error;
      const { kind, noun, name } = found;
      const list = async () =>
        (await api.list({ noun, schema: namedSchema }, [kind])).map((listed) => listed.name);
      throw rewordError(error, { unknownName: { kind, name, list } });
    }
  };

  return {
    list: () => resource.list(),
    /**
     * @param options.details - adds the network and Kubernetes settings.
     * @throws {TpksError} `notFound`, even if the cluster exists but belongs to another user.
     */
    get: (name: string, { details = false }: { readonly details?: boolean } = {}) => {
      const route = details ? 'clusterdetails' : 'clusters';
      return explainNotFound(name, api.get(clusterType, [route, name]));
    },
    /** @returns the cluster in its initial state. @throws {TpksError} `failed`, `conflict`, `forbidden` */
    create: (request: ClusterRequest): Promise<Cluster> =>
      explainReferences(
        request,
        explainCreation(
          request.name,
          api.write(clusterType, 'POST', ['clusters'], { body: request }),
        ),
      ),
    /** @throws {TpksError} the same errors as `get` and `create` */
    update: async (name: string, change: ClusterUpdate) => {
      await explainReferences(change, resource.update(name, change));
    },
    remove: resource.remove,
    /** @throws {TpksError} `notFound` if one of the clusters does not exist */
    upgrade: async (request: UpgradeRequest): Promise<Task> => {
      const names = [...request.canaries, ...request.clusters];
      for (const name of names) validateSegment(name, 'cluster name');
      const response = api.write(taskType, 'PATCH', ['clusters'], { body: request });
      const [first, ...others] = names;
      const isSingle = first !== undefined && others.length === 0;
      return explainUnknownOutcome(
        isSingle ? explainBusy(first, explainNotFound(first, response)) : response,
        { host: hostOf(origin), showCommand: 'tpks tasks' },
      );
    },
    /**
     * Returns the version that clusters can be upgraded to, e.g. `1.20.0-build.52`; `undefined` before PKS 1.5.
     * @see docs/contributing/servers/pks-api.md#upgrades
     */
    getUpgradeVersion: async () => {
      try {
        // The body is plain text; some servers send it in quotes.
        return /\d[\w.-]*/.exec(await (await api.request(['upgradable'])).text())?.[0];
      } catch (error) {
        if (isTpksError(error) && error.status !== undefined) return undefined;
        throw error;
      }
    },
  };
}

const optionalNumber = v.nullish(v.number());

const taskType = {
  route: 'tasks',
  nameKind: 'tasks' as const,
  noun: 'task',
  key: 'id',
  showCommand: (id: string) => `tpks task ${id}`,
  schema: v.looseObject({
    uuid: segmentSchema,
    type: optionalText,
    status: optionalText,
    /** Epoch in seconds or milliseconds; the API documentation does not specify the unit. */
    start_time: optionalNumber,
    end_time: optionalNumber,
    clusters: v.nullish(
      v.array(
        v.looseObject({
          cluster_name: v.string(),
          last_action: optionalText,
          last_action_state: optionalText,
          start_time: optionalNumber,
          end_time: optionalNumber,
          is_canary: v.nullish(v.boolean()),
        }),
      ),
    ),
  }),
};

/** A task that upgrades clusters. @see docs/contributing/servers/pks-api.md#tasks */
export type Task = v.InferInput<typeof taskType.schema>;

export function createTasks(send: Send, origin: string) {
  const { list, get, update } = createPksResource(send, origin, taskType, 'PUT');
  return {
    /** @param limit - the maximum number of tasks, latest first. */
    list: (limit: number) => list({ limit: String(limit) }),
    get,
    /** Cancels the upgrades of a task that have not started. @throws {TpksError} `notFound` */
    cancel: async (id: string) => (await update(id)) ?? get(id),
  };
}

const planType = {
  route: 'plans',
  nameKind: 'plans' as const,
  noun: 'plan',
  schema: v.looseObject({ id: v.string(), name: v.string(), description: v.nullish(v.string()) }),
};

/** The plans that clusters can be created from. @see docs/contributing/servers/pks-api.md#plans */
export function createPlans(send: Send, origin: string) {
  const { list } = createPksResource(send, origin, planType);
  return { list };
}

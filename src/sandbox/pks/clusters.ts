import { clusterNotFoundError, type Broker } from '../broker/broker.js';
import { findPlanDefinition, type PlanDefinition } from '../broker/plans.js';
import type { Instance } from '../broker/state.js';
import { omitMembers, type JsonObject } from '../json.js';
import type { Release, ReleaseName } from '../pks-releases.js';
import { empty, json, type Route } from '../router.js';
import {
  canChange,
  canSee,
  readScopes,
  writeScopes,
  type Caller,
  type GuardedRoute,
} from './guard.js';
import { validateProfiles } from './profiles.js';
import { calculateCapacity, enforceQuota } from './quotas.js';
import { badRequestError, omitNulls, readClusterChange, readNewCluster } from './requests.js';

/** Creates the routes for clusters. @see docs/contributing/servers/pks-api.md#routes */
export function createClusterRoutes(
  guardedRoute: GuardedRoute,
  broker: Broker,
  { name: release }: Release,
): Route[] {
  const path = '/v1/clusters/:name';
  const createGetRoute = (getPath: string, details: boolean) =>
    guardedRoute('GET', getPath, readScopes, ({ caller, params: { name = '' } }) => {
      const instance = broker.clusters.findByName(name);
      if (!instance || !canSee(caller, instance.owner)) throw clusterNotFoundError(name);
      return json(200, clusterToJson(instance, { details, release }));
    });
  return [
    guardedRoute('GET', '/v1/clusters', readScopes, ({ caller }) => {
      const visible = broker.clusters.list().filter(({ owner }) => canSee(caller, owner));
      const clusters = visible.map((instance) =>
        clusterToJson(instance, { details: false, release }),
      );
      return json(200, clusters);
    }),
    createGetRoute(path, false),
    createGetRoute('/v1/clusterdetails/:name', true),
    guardedRoute('POST', '/v1/clusters', writeScopes, ({ request: { body }, caller }) => {
      const { parameters, ...cluster } = readNewCluster(body, release);
      const workers = parameters.kubernetes_worker_instances ?? undefined;
      const definition = requirePlan(cluster.plan_name);
      validateWorkers(workers, definition);
      validateProfiles(broker, caller, cluster);
      enforceQuota(broker, caller, { ...calculateCapacity(definition, workers), cluster: 1 });
      const createdCluster = broker.create({
        name: cluster.name,
        plan_name: cluster.plan_name,
        owner: caller.name,
        ...omitNulls(cluster),
        parameters: omitNulls(parameters),
      });
      return json(202, clusterToJson(createdCluster, { details: false, release }));
    }),
    guardedRoute('PATCH', path, writeScopes, ({ request, params: { name = '' }, caller }) => {
      const { cluster } = findChangeableCluster(broker, caller, name);
      const { workers, profiles, updateParameters } = readClusterChange(request.body, release);
      validateProfiles(broker, caller, profiles);
      if (workers !== undefined) {
        const definition = requirePlan(cluster.plan_name);
        validateWorkers(workers, definition);
        const added = Math.max(0, workers - cluster.parameters.kubernetes_worker_instances);
        const { cpu, memory } = definition.machine;
        enforceQuota(broker, caller, {
          cpu: added * cpu,
          memory: added * memory,
          cluster: 0,
        });
      }
      broker.update(name, { ...profiles, parameters: updateParameters(cluster.parameters) });
      return empty(202);
    }),
    guardedRoute('DELETE', path, writeScopes, ({ params: { name = '' }, caller }) => {
      findChangeableCluster(broker, caller, name);
      broker.delete(name);
      return empty(204);
    }),
  ];
}

/**
 * Finds a cluster that the caller may change.
 * @throws ErrorResponse 404 if the cluster does not exist or belongs to another owner.
 */
export function findChangeableCluster(
  { clusters }: Pick<Broker, 'clusters'>,
  caller: Caller,
  name: string,
): Instance {
  const instance = clusters.findByName(name);
  if (instance && canChange(caller, instance.owner)) return instance;
  throw clusterNotFoundError(name);
}

function requirePlan(planName: string): PlanDefinition {
  const definition = findPlanDefinition(planName);
  if (definition) return definition;
  throw badRequestError(`The plan named "${planName}" not found.`);
}

/** @see docs/contributing/servers/pks-api.md#errors */
function validateWorkers(workers: number | undefined, { maximumWorkers }: PlanDefinition): void {
  if (workers === undefined || (workers >= 1 && workers <= maximumWorkers)) return;
  throw badRequestError(
    `Please specify a number of workers that is between 1 and ${String(maximumWorkers)}`,
  );
}

/**
 * Members of `parameters` that only `/v1/clusterdetails` returns.
 * @see docs/contributing/servers/pks-api.md#clusters
 */
const detailMembers = [
  'kubernetes_setting_plan_details',
  'kubernetes_setting_cluster_details',
  'nsxt_network_details',
];

/** Formats a cluster, without its owner, as the API of this release returns it. */
function clusterToJson(
  { cluster }: Instance,
  { details, release }: { readonly details: boolean; readonly release: ReleaseName },
): JsonObject {
  const parameters = omitMembers(cluster.parameters, details ? [] : detailMembers);
  if (release === '1.7') {
    // Releases before 1.9 omit the member if it is empty. @see docs/contributing/servers/pks-api.md#clusters
    const isEmpty = ['', null].some((value) => cluster.compute_profile_name === value);
    return omitMembers({ ...cluster, parameters }, isEmpty ? ['compute_profile_name'] : []);
  }
  return {
    ...omitNullsDeep({ ...cluster, parameters }),
    compute_profile_name: cluster.compute_profile_name ?? '',
    parameters: {
      ...omitNullsDeep(parameters),
      nsx_policy: false,
      private_registries: parameters['servers'] !== undefined,
    },
  };
}

/** Later releases omit all members that are null, at any depth. */
function omitNullsDeep(value: JsonObject): JsonObject {
  return JSON.parse(
    JSON.stringify(value, (_, member: unknown) => member ?? undefined),
  ) as JsonObject;
}

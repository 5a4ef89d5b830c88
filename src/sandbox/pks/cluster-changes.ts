import type { PlanDefinition } from '../broker/plans.js';
import type { Instance } from '../broker/state.js';
import type { Release } from '../release.js';
import { ErrorResponse, json, empty, type Route } from '../router.js';
import { badRequestError, omitNulls } from './body.js';
import type { BrokerClient } from './broker-client.js';
import { readClusterChange, readNewCluster } from './cluster-request.js';
import { clusterNotFound, clusterToJson } from './clusters.js';
import { canChange, writeScopes, type Caller, type GuardedRoute } from './guard.js';
import { validateProfiles } from './profiles.js';
import { enforceQuota, type UsageIncrease } from './quotas.js';
import { calculateCapacity } from './usages.js';

/** Creates the routes that create, update and delete clusters. @see pks-api, routes 2, 6 and 7 */
export function clusterChangeRoutes(
  guardedRoute: GuardedRoute,
  broker: BrokerClient,
  { name: release }: Release,
): Route[] {
  return [
    guardedRoute('POST', '/v1/clusters', writeScopes, async ({ request: { body }, caller }) => {
      const { parameters, ...cluster } = readNewCluster(body, release);
      const workers = parameters.kubernetes_worker_instances ?? undefined;
      const definition = await findPlanDefinition(broker, cluster.plan_name);
      validateWorkers(workers, definition);
      await validateProfiles(broker, caller, cluster);
      await enforceQuota(broker, caller, { ...calculateCapacity(definition, workers), cluster: 1 });
      const created = await broker.createCluster({
        ...omitNulls(cluster),
        parameters: omitNulls(parameters),
        owner: caller.name,
      });
      return json(202, clusterToJson(created, { details: false, release }));
    }),
    guardedRoute(
      'PATCH',
      '/v1/clusters/:name',
      writeScopes,
      async ({ request: { body }, params: { name = '' }, caller }) => {
        const { cluster } = await findChangeableCluster(broker, caller, name);
        const { workers, profiles, updateParameters } = readClusterChange(body, release);
        await validateProfiles(broker, caller, profiles);
        if (workers !== undefined) {
          const definition = await findPlanDefinition(broker, cluster.plan_name);
          validateWorkers(workers, definition);
          const old = cluster.parameters.kubernetes_worker_instances;
          await enforceQuota(broker, caller, calculateIncrease(definition, workers - old));
        }
        const change = { ...profiles, parameters: updateParameters({ ...cluster.parameters }) };
        await broker.updateCluster(name, change);
        return empty(202);
      },
    ),
    guardedRoute(
      'DELETE',
      '/v1/clusters/:name',
      writeScopes,
      async ({ params: { name = '' }, caller }) => {
        await findChangeableCluster(broker, caller, name);
        await broker.deleteCluster(name);
        return empty(204);
      },
    ),
  ];
}

/**
 * Finds a cluster that the caller may change.
 *
 * @throws ErrorResponse 404 if the cluster does not exist or belongs to another owner.
 */
export async function findChangeableCluster(
  broker: Pick<BrokerClient, 'cluster'>,
  caller: Caller,
  name: string,
): Promise<Instance> {
  const found = await broker.cluster(name);
  if (found && canChange(caller, found.owner)) return found;
  throw new ErrorResponse(clusterNotFound(name));
}

async function findPlanDefinition(broker: BrokerClient, planName: string): Promise<PlanDefinition> {
  const definition = (await broker.plans()).find(({ plan }) => plan.name === planName);
  if (definition) return definition;
  throw badRequestError(`The plan named "${planName}" not found.`);
}

/** Calculates the capacity of additional workers; 0 if `workers` is negative. */
function calculateIncrease({ machine }: PlanDefinition, workers: number): UsageIncrease {
  const more = Math.max(0, workers);
  return { cpu: more * machine.cpu, memory: more * machine.memory, cluster: 0 };
}

/** @see pks-api, section 11 */
function validateWorkers(workers: number | undefined, { maximumWorkers }: PlanDefinition): void {
  if (workers === undefined || (workers >= 1 && workers <= maximumWorkers)) return;
  throw badRequestError(
    `Please specify a number of workers that is between 1 and ${String(maximumWorkers)}`,
  );
}

import type { PlanOffer } from '../broker/plans.js';
import type { Instance } from '../broker/state.js';
import type { Release } from '../release.js';
import { ErrorResponse, json, empty, type Route } from '../router.js';
import { invalid, withoutNulls } from './body.js';
import type { BrokerClient } from './broker-client.js';
import { readClusterChange, readNewCluster } from './cluster-request.js';
import { clusterNotFound, clusterToJson } from './clusters.js';
import { mayChange, writers, type Caller, type Guard } from './guard.js';
import { checkProfiles } from './profiles.js';
import { checkQuota, type Addition } from './quotas.js';
import { machinesOf } from './usages.js';

/** Creating, updating and deleting clusters. @see pks-api, routes 2, 6 and 7 */
export function clusterChangeRoutes(
  guarded: Guard,
  broker: BrokerClient,
  { name: release }: Release,
): Route[] {
  return [
    guarded('POST', '/v1/clusters', writers, async ({ request: { body }, caller }) => {
      const { parameters, ...cluster } = readNewCluster(body, release);
      const workers = parameters.kubernetes_worker_instances ?? undefined;
      const offer = await findOffer(broker, cluster.plan_name);
      checkWorkers(workers, offer);
      await checkProfiles(broker, caller, cluster);
      await checkQuota(broker, caller, { ...machinesOf(offer, workers), cluster: 1 });
      const created = await broker.createCluster({
        ...withoutNulls(cluster),
        parameters: withoutNulls(parameters),
        owner: caller.name,
      });
      return json(202, clusterToJson(created, { details: false, release }));
    }),
    guarded(
      'PATCH',
      '/v1/clusters/:name',
      writers,
      async ({ request: { body }, params: { name = '' }, caller }) => {
        const { cluster } = await ownCluster(broker, caller, name);
        const { workers, profiles, parameters } = readClusterChange(body, release);
        await checkProfiles(broker, caller, profiles);
        if (workers !== undefined) {
          const offer = await findOffer(broker, cluster.plan_name);
          checkWorkers(workers, offer);
          const old = cluster.parameters.kubernetes_worker_instances;
          await checkQuota(broker, caller, growth(offer, workers - old));
        }
        const change = { ...profiles, parameters: parameters({ ...cluster.parameters }) };
        await broker.updateCluster(name, change);
        return empty(202);
      },
    ),
    guarded('DELETE', '/v1/clusters/:name', writers, async ({ params: { name = '' }, caller }) => {
      await ownCluster(broker, caller, name);
      await broker.deleteCluster(name);
      return empty(204);
    }),
  ];
}

/**
 * Finds a cluster that the caller may change. Clusters of other owners do not exist for the caller.
 *
 * @throws ErrorResponse 404
 */
export async function ownCluster(
  broker: Pick<BrokerClient, 'cluster'>,
  caller: Caller,
  name: string,
): Promise<Instance> {
  const found = await broker.cluster(name);
  if (found && mayChange(caller, found.owner)) return found;
  throw new ErrorResponse(clusterNotFound(name));
}

async function findOffer(broker: BrokerClient, planName: string): Promise<PlanOffer> {
  const offer = (await broker.plans()).find(({ plan }) => plan.name === planName);
  if (offer) return offer;
  throw invalid(`The plan named "${planName}" not found.`);
}

/** What additional workers use; fewer workers free nothing. */
function growth({ machine }: PlanOffer, workers: number): Addition {
  const more = Math.max(0, workers);
  return { cpu: more * machine.cpu, memory: more * machine.memory, cluster: 0 };
}

/** @see pks-api, section 11 */
function checkWorkers(workers: number | undefined, { maximumWorkers }: PlanOffer): void {
  if (workers === undefined || (workers >= 1 && workers <= maximumWorkers)) return;
  throw invalid(
    `Please specify a number of workers that is between 1 and ${String(maximumWorkers)}`,
  );
}

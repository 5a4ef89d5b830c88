import type { PlanDefinition } from '../broker/plans.js';
import type { Quota } from '../broker/quotas.js';
import type { Instance } from '../broker/state.js';
import { json, type Route } from '../router.js';
import type { BrokerClient } from './broker-client.js';
import { canSee, readScopes, canSeeAll, type GuardedRoute } from './guard.js';

/** Creates the routes for the capacity that each owner's clusters use. @see pks-api, route 22 */
export function usageRoutes(guardedRoute: GuardedRoute, broker: BrokerClient): Route[] {
  return [
    guardedRoute('GET', '/v1/usages', readScopes, async ({ caller }) => {
      const [clusters, definitions] = [await broker.clusters(), await broker.plans()];
      const owners = new Set(clusters.map(({ owner }) => owner));
      const visible = [...owners].filter((owner) => canSee(caller, owner));
      return json(
        200,
        visible.map((owner) => calculateUsage(owner, clusters, definitions)),
      );
    }),
    guardedRoute(
      'GET',
      '/v1/usages/:owner',
      readScopes,
      async ({ caller, params: { owner = '' } }) => {
        const usage = calculateUsage(owner, await broker.clusters(), await broker.plans());
        const isVisible = owner === caller.name || (canSeeAll(caller) && usage.clusters.length > 0);
        return isVisible
          ? json(200, usage)
          : json(404, { body: `The usage owner named: "${owner}" not found.` });
      },
    ),
  ];
}

/** The capacity that one owner's clusters use. @see pks-api, section 6 */
interface Usage {
  readonly owner: string;
  readonly totals: Quota['limit'];
  readonly clusters: readonly (Capacity & { readonly name: string })[];
}

/** Number of CPUs, and memory in GB. */
interface Capacity {
  readonly cpu: number;
  readonly memory: number;
}

/** Calculates the usage of an owner; all totals are 0 if the owner has no clusters. */
export function calculateUsage(
  owner: string,
  all: readonly Instance[],
  definitions: readonly PlanDefinition[],
): Usage {
  const clusters = all
    .filter((each) => each.owner === owner)
    .map(({ cluster: { name, plan_name, parameters } }) => {
      const definition = definitions.find(({ plan }) => plan.name === plan_name);
      const capacity =
        definition && calculateCapacity(definition, parameters.kubernetes_worker_instances);
      return { name, ...(capacity ?? { cpu: 0, memory: 0 }) };
    });
  const sum = (member: keyof Capacity) => clusters.reduce((total, each) => total + each[member], 0);
  return {
    owner,
    totals: { cpu: sum('cpu'), memory: sum('memory'), cluster: clusters.length },
    clusters,
  };
}

/**
 * Calculates the capacity of a cluster, including its masters.
 *
 * @param workers - default: the plan's number of workers.
 */
export function calculateCapacity(
  { plan, machine }: PlanDefinition,
  workers: number = plan.worker_instances,
): Capacity {
  const count = plan.master_instances + workers;
  return { cpu: count * machine.cpu, memory: count * machine.memory };
}

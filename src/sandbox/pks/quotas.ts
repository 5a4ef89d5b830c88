import * as v from 'valibot';
import type { Broker, Quota } from '../broker/broker.js';
import { findPlanDefinition, type PlanDefinition } from '../broker/plans.js';
import type { Instance } from '../broker/state.js';
import { ErrorResponse, empty, json, type Route } from '../router.js';
import {
  adminScopes,
  canChangeAll,
  canSee,
  canSeeAll,
  readScopes,
  type Caller,
  type GuardedRoute,
} from './guard.js';
import { integer, issueMessage, name, readBody } from './requests.js';

/**
 * Creates the routes for quotas.
 * @see docs/contributing/servers/pks-api.md#routes
 */
export function createQuotaRoutes(guardedRoute: GuardedRoute, { quotas }: Broker): Route[] {
  const path = '/v1/quotas/:owner';

  function requireQuota(owner: string): Quota {
    const quota = quotas.get(owner);
    if (quota) return quota;
    throw notFoundError('quota', owner);
  }

  return [
    guardedRoute('GET', '/v1/quotas', readScopes, ({ caller }) =>
      json(
        200,
        quotas.all().filter(({ owner }) => canSee(caller, owner)),
      ),
    ),
    guardedRoute('GET', path, readScopes, ({ caller, params: { owner = '' } }) => {
      if (!canSee(caller, owner)) throw notFoundError('quota', owner);
      return json(200, requireQuota(owner));
    }),
    guardedRoute('POST', '/v1/quotas', adminScopes, ({ request: { body } }) => {
      const quota = readBody(body, quotaSchema);
      if (quotas.get(quota.owner)) {
        return json(409, { body: `The quota owner named: "${quota.owner}" already exists.` });
      }
      quotas.put(quota);
      return json(200, quota);
    }),
    guardedRoute('PATCH', path, adminScopes, ({ request: { body }, params: { owner = '' } }) => {
      const quota = { ...readBody(body, quotaSchema), owner };
      requireQuota(owner);
      quotas.put(quota);
      return json(200, quota);
    }),
    guardedRoute('DELETE', path, adminScopes, ({ params: { owner = '' } }) => {
      requireQuota(owner);
      quotas.delete(owner);
      return empty(204);
    }),
  ];
}

/**
 * Creates the routes for usages, which are the total capacity of each owner's clusters.
 * @see docs/contributing/servers/pks-api.md#routes
 */
export function createUsageRoutes(guardedRoute: GuardedRoute, { clusters }: Broker): Route[] {
  return [
    guardedRoute('GET', '/v1/usages', readScopes, ({ caller }) => {
      const owners = new Set(clusters.list().map(({ owner }) => owner));
      const visibleOwners = [...owners].filter((owner) => canSee(caller, owner));
      return json(
        200,
        visibleOwners.map((owner) => calculateUsage(owner, clusters.list())),
      );
    }),
    guardedRoute('GET', '/v1/usages/:owner', readScopes, ({ caller, params: { owner = '' } }) => {
      const usage = calculateUsage(owner, clusters.list());
      const isVisible = owner === caller.name || (canSeeAll(caller) && usage.clusters.length > 0);
      if (!isVisible) throw notFoundError('usage', owner);
      return json(200, usage);
    }),
  ];
}

/** @see docs/contributing/servers/pks-api.md#quotas */
function notFoundError(resource: 'quota' | 'usage', owner: string): ErrorResponse {
  const body = `The ${resource} owner named: "${owner}" not found.`;
  return new ErrorResponse(json(404, { body }));
}

const zeroOrMore = v.minValue<number, 0, string>(0, '{name} must be 0 or more');

const quotaSchema = v.object(
  {
    owner: name,
    limit: v.object(
      {
        cpu: v.pipe(integer, zeroOrMore),
        memory: v.pipe(v.number('{name} must be 0 or more'), zeroOrMore),
        cluster: v.pipe(integer, v.minValue(1, '{name} must be 1 or more')),
      },
      issueMessage,
    ),
  },
  issueMessage,
);

/**
 * Rejects a request that would exceed the caller's quota. Administrators have no limit, even if
 * they have a quota.
 * @param increase - capacity that the request adds to the owner's current usage.
 * @throws ErrorResponse 403, the same status as for a missing scope.
 * @see docs/contributing/servers/pks-api.md#scopes
 */
export function enforceQuota(
  { quotas, clusters }: Broker,
  caller: Caller,
  increase: Quota['limit'],
): void {
  const quota = quotas.get(caller.name);
  if (!quota || canChangeAll(caller)) return;
  const { totals } = calculateUsage(caller.name, clusters.list());
  const members = ['cpu', 'memory', 'cluster'] as const;
  const fits = members.every((member) => totals[member] + increase[member] <= quota.limit[member]);
  if (!fits) throw new ErrorResponse(json(403, { body: 'The quota of the user is used up.' }));
}

/** Number of CPUs, and memory in GB. */
interface Capacity {
  readonly cpu: number;
  readonly memory: number;
}

/**
 * Calculates the usage of an owner; all totals are 0 if the owner has no clusters.
 * @see docs/contributing/servers/pks-api.md#usages
 */
function calculateUsage(owner: string, all: readonly Instance[]) {
  const clusters = all
    .filter((each) => each.owner === owner)
    .map(({ cluster: { name: clusterName, plan_name, parameters } }) => {
      const definition = findPlanDefinition(plan_name);
      const workers = parameters.kubernetes_worker_instances;
      const capacity = definition ? calculateCapacity(definition, workers) : { cpu: 0, memory: 0 };
      return { name: clusterName, ...capacity };
    });
  const sum = (member: keyof Capacity) => clusters.reduce((total, each) => total + each[member], 0);
  const totals = { cpu: sum('cpu'), memory: sum('memory'), cluster: clusters.length };
  return { owner, totals, clusters };
}

/**
 * Calculates the capacity of a cluster, including its masters.
 * @param workers - default: the plan's number of workers.
 */
export function calculateCapacity(
  { plan, machine }: PlanDefinition,
  workers: number = plan.worker_instances,
): Capacity {
  const count = plan.master_instances + workers;
  return { cpu: count * machine.cpu, memory: count * machine.memory };
}

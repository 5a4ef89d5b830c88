import * as v from 'valibot';
import type { Quota } from '../broker/quotas.js';
import { ErrorResponse, json, empty, type Route, type SandboxResponse } from '../router.js';
import { integer, issueMessage, name, readBody } from './body.js';
import type { BrokerClient } from './broker-client.js';
import {
  adminScopes,
  canChangeAll,
  canSee,
  readScopes,
  type Caller,
  type GuardedRoute,
} from './guard.js';
import { calculateUsage } from './usages.js';

/** Creates the routes for the limits of each owner's clusters. @see pks-api, routes 20 and 21 */
export function quotaRoutes(guardedRoute: GuardedRoute, broker: BrokerClient): Route[] {
  return [
    guardedRoute('GET', '/v1/quotas', readScopes, async ({ caller }) => {
      const visible = (await broker.quotas()).filter(({ owner }) => canSee(caller, owner));
      return json(200, visible);
    }),
    guardedRoute(
      'GET',
      '/v1/quotas/:owner',
      readScopes,
      async ({ caller, params: { owner = '' } }) => {
        const isVisible = canSee(caller, owner);
        const found = isVisible ? await broker.quota(owner) : undefined;
        return found ? json(200, found) : quotaNotFound(owner);
      },
    ),
    guardedRoute('POST', '/v1/quotas', adminScopes, async ({ request: { body } }) => {
      const quota = readBody(body, quotaSchema);
      if (await broker.quota(quota.owner)) {
        return json(409, { body: `The quota owner named: "${quota.owner}" already exists.` });
      }
      await broker.putQuota(quota);
      return json(200, quota);
    }),
    guardedRoute(
      'PATCH',
      '/v1/quotas/:owner',
      adminScopes,
      async ({ request: { body }, params: { owner = '' } }) => {
        const quota = { ...readBody(body, quotaSchema), owner };
        if (!(await broker.quota(owner))) return quotaNotFound(owner);
        await broker.putQuota(quota);
        return json(200, quota);
      },
    ),
    guardedRoute('DELETE', '/v1/quotas/:owner', adminScopes, async ({ params: { owner = '' } }) => {
      if (!(await broker.quota(owner))) return quotaNotFound(owner);
      await broker.deleteQuota(owner);
      return empty(204);
    }),
  ];
}

/** @see pks-api, section 9 */
function quotaNotFound(owner: string): SandboxResponse {
  return json(404, { body: `The quota owner named: "${owner}" not found.` });
}

const quotaSchema = v.object(
  {
    owner: name,
    limit: v.object(
      {
        cpu: v.pipe(integer, v.minValue(0, '{name} must be 0 or more')),
        memory: v.pipe(
          v.number('{name} must be 0 or more'),
          v.minValue(0, '{name} must be 0 or more'),
        ),
        cluster: v.pipe(integer, v.minValue(1, '{name} must be 1 or more')),
      },
      issueMessage,
    ),
  },
  issueMessage,
);

/** Capacity that a request adds to the owner's current usage. */
export type UsageIncrease = Quota['limit'];

/**
 * Rejects a request that would exceed the caller's quota. Administrators have no limit, even if
 * they have a quota.
 *
 * @throws ErrorResponse 403, the same status as for a missing scope.
 * @see pks-api, sections 4 and 9
 */
export async function enforceQuota(
  broker: BrokerClient,
  caller: Caller,
  increase: UsageIncrease,
): Promise<void> {
  if (canChangeAll(caller)) return;
  const quota = await broker.quota(caller.name);
  if (!quota) return;
  const { totals } = calculateUsage(caller.name, await broker.clusters(), await broker.plans());
  const members = ['cpu', 'memory', 'cluster'] as const;
  const fits = members.every((member) => totals[member] + increase[member] <= quota.limit[member]);
  if (!fits) throw new ErrorResponse(json(403, { body: 'The quota of the user is used up.' }));
}

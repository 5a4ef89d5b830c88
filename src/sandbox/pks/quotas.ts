import { json, route, type Route, type SandboxResponse } from '../router.js';
import { integerIn, invalid, isObject, objectIn, textIn } from './body.js';
import { readers, type Guard } from './guard.js';
import type { Quota, QuotaAccess } from './quota-access.js';
import { maySeeAll } from './usage.js';

const admins = ['pks.clusters.admin'];

/** How much each user's clusters may take. @see pks-api, routes 20 and 21 */
export function quotaRoutes(guarded: Guard, broker: QuotaAccess): Route[] {
  const empty = (status: number): SandboxResponse => ({ status, headers: {}, body: '' });
  return [
    route(
      'GET',
      '/v1/quotas',
      guarded(readers, async ({ caller }) => {
        const all = await broker.quotas();
        return json(
          200,
          all.filter(({ owner }) => maySeeAll(caller) || owner === caller.name),
        );
      }),
    ),
    route(
      'GET',
      '/v1/quotas/:owner',
      guarded(readers, async ({ caller, params: { owner = '' } }) => {
        const mayKnow = maySeeAll(caller) || owner === caller.name;
        const found = mayKnow ? await broker.quota(owner) : undefined;
        return found ? json(200, found) : missing(owner);
      }),
    ),
    route(
      'POST',
      '/v1/quotas',
      guarded(admins, async ({ request: { body } }) => {
        const quota = toQuota(body);
        if (await broker.quota(quota.owner)) {
          return json(409, { body: `The quota owner named: "${quota.owner}" already exists.` });
        }
        await broker.saveQuota(quota);
        return json(200, quota);
      }),
    ),
    route(
      'PATCH',
      '/v1/quotas/:owner',
      guarded(admins, async ({ request: { body }, params: { owner = '' } }) => {
        const quota = { ...toQuota(body), owner };
        if (!(await broker.quota(owner))) return missing(owner);
        await broker.saveQuota(quota);
        return json(200, quota);
      }),
    ),
    route(
      'DELETE',
      '/v1/quotas/:owner',
      guarded(admins, async ({ params: { owner = '' } }) => {
        if (!(await broker.quota(owner))) return missing(owner);
        await broker.removeQuota(owner);
        return empty(204);
      }),
    ),
  ];
}

/** In the product's own words. @see pks-api, section 9 */
function missing(owner: string): SandboxResponse {
  return json(404, { body: `The quota owner named: "${owner}" not found.` });
}

function toQuota(body: string): Quota {
  const value = objectIn(body);
  const owner = textIn(value, 'owner') ?? '';
  if (owner.trim() === '') throw invalid('owner is required');
  const { limit } = value;
  if (!isObject(limit)) throw invalid('limit is required');
  const cpu = integerIn(limit, 'cpu');
  const cluster = integerIn(limit, 'cluster');
  const { memory } = limit;
  if (cpu === undefined || cpu < 0) throw invalid('cpu must be 0 or more');
  if (typeof memory !== 'number' || memory < 0) throw invalid('memory must be 0 or more');
  if (cluster === undefined || cluster < 1) throw invalid('cluster must be 1 or more');
  return { owner, limit: { cpu, memory, cluster } };
}

import { json, route, type Route } from '../router.js';
import type { BrokerAccess } from './broker-access.js';
import { readers, type Guard } from './guard.js';
import { maySeeAll, usageOf, usagesOf } from './usage.js';

/** What each user's clusters take. @see pks-api, route 22 */
export function usageRoutes(guarded: Guard, broker: BrokerAccess): Route[] {
  return [
    route(
      'GET',
      '/v1/usages',
      guarded(readers, async ({ caller }) => {
        const all = usagesOf(await broker.clusters(), await broker.plans());
        return json(
          200,
          all.filter(({ owner }) => maySeeAll(caller) || owner === caller.name),
        );
      }),
    ),
    route(
      'GET',
      '/v1/usages/:owner',
      guarded(readers, async ({ caller, params: { owner = '' } }) => {
        const isOwn = owner === caller.name;
        const found = usageOf(owner, await broker.clusters(), await broker.plans());
        const isThere = isOwn || (maySeeAll(caller) && found.clusters.length > 0);
        return isThere
          ? json(200, found)
          : json(404, { body: `The usage owner named: "${owner}" not found.` });
      }),
    ),
  ];
}

import * as v from 'valibot';
import type { Release } from '../release.js';
import { json, route, text, type Route } from '../router.js';
import { integer, listOf, membersOf, readBody, string } from './body.js';
import type { BrokerClient } from './broker-client.js';
import { ownCluster } from './cluster-changes.js';
import { readers, writers, type Guard } from './guard.js';

const upgrade = {
  clusters: v.pipe(listOf(string), v.nonEmpty('{name} is required')),
  canaries: v.nullish(listOf(string)),
  max_in_flight: v.nullish(v.pipe(integer, v.minValue(1, '{name} must be 1 or more'))),
};

/** Upgrades, and the version that clusters can be upgraded to. @see pks-api, routes 3 and 19 */
export function upgradeRoutes(
  guarded: Guard,
  broker: BrokerClient,
  { name: release, current }: Release,
): Route[] {
  return [
    route(
      'PATCH',
      '/v1/clusters',
      guarded(writers, async ({ request: { body }, caller }) => {
        const request = readBody(body, membersOf(release, upgrade));
        const clusters = [...new Set(request.clusters)];
        const canaries = [...new Set(request.canaries)];
        for (const name of new Set([...canaries, ...clusters])) {
          await ownCluster(broker, caller, name);
        }
        const { task } = await broker.upgrade({
          owner: caller.name,
          clusters,
          canaries,
          maxInFlight: request.max_in_flight ?? 1,
        });
        return json(202, task);
      }),
    ),
    route(
      'GET',
      '/v1/upgradable',
      // Plain text.
      guarded(readers, () => text(200, current.pks)),
    ),
  ];
}

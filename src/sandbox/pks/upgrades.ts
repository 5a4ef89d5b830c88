import type { Release } from '../release.js';
import { json, route, text, type Route } from '../router.js';
import type { BrokerAccess } from './broker-access.js';
import { integerIn, invalid, objectIn, refuseUnknown, textsIn } from './body.js';
import { ownCluster, writers } from './cluster-changes.js';
import { readers, type Guard } from './guard.js';

const known = new Set(['clusters', 'canaries', 'max_in_flight']);

/** Upgrades, and the version that clusters can go to. @see pks-api, routes 3 and 19 */
export function upgradeRoutes(
  guarded: Guard,
  broker: BrokerAccess,
  { name: release, current }: Release,
): Route[] {
  return [
    route(
      'PATCH',
      '/v1/clusters',
      guarded(writers, async ({ request: { body }, caller }) => {
        const value = objectIn(body);
        if (release === '1.7') refuseUnknown(value, known);
        const clusters = textsIn(value, 'clusters') ?? [];
        const canaries = textsIn(value, 'canaries') ?? [];
        const maxInFlight = integerIn(value, 'max_in_flight') ?? 1;
        if (clusters.length === 0) throw invalid('clusters is required');
        if (maxInFlight < 1) throw invalid('max_in_flight must be 1 or more');
        for (const name of new Set([...canaries, ...clusters])) {
          await ownCluster(broker, caller, name);
        }
        const task = await broker.upgrade(caller.name, {
          clusters: [...new Set(clusters)],
          canaries: [...new Set(canaries)],
          max_in_flight: maxInFlight,
        });
        return json(202, task);
      }),
    ),
    route(
      'GET',
      '/v1/upgradable',
      // A bare text.
      guarded(readers, () => text(200, current.pks)),
    ),
  ];
}

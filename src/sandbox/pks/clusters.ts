import { json, route, type Route } from '../router.js';
import type { BrokerAccess, OwnedCluster } from './broker-access.js';
import type { Caller } from './caller.js';
import { readers, type Guard } from './guard.js';

/** Reading clusters. @see pks-api, routes 1, 4 and 5 */
export function clusterRoutes(guarded: Guard, broker: BrokerAccess): Route[] {
  const one = (form: (found: OwnedCluster) => unknown) =>
    guarded(readers, async ({ caller, params: { name = '' } }) => {
      const found = await broker.cluster(name);
      // Another's cluster is answered like one that does not exist.
      return found && maySee(caller, found)
        ? json(200, form(found))
        : json(404, { body: `The cluster named "${name}" not found.` });
    });
  return [
    route(
      'GET',
      '/v1/clusters',
      guarded(readers, async ({ caller }) => {
        const all = await broker.clusters();
        return json(200, all.filter((owned) => maySee(caller, owned)).map(plain));
      }),
    ),
    route('GET', '/v1/clusters/:name', one(plain)),
    route(
      'GET',
      '/v1/clusterdetails/:name',
      one(({ cluster }) => cluster),
    ),
  ];
}

function maySee({ name, scopes }: Caller, { owner }: OwnedCluster): boolean {
  const all = scopes.has('pks.clusters.admin') || scopes.has('pks.clusters.admin.read');
  return all || owner === name;
}

/** Members of `parameters` that route 5 alone shows. @see pks-api, section 6 */
const detailMembers = new Set([
  'kubernetes_setting_plan_details',
  'kubernetes_setting_cluster_details',
  'nsxt_network_details',
]);

function plain({ cluster }: OwnedCluster): unknown {
  const { parameters } = cluster;
  if (typeof parameters !== 'object' || parameters === null) return cluster;
  const shown = Object.entries(parameters).filter(([name]) => !detailMembers.has(name));
  return { ...cluster, parameters: Object.fromEntries(shown) };
}

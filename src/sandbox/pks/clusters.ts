import { json, route, type Route, type SandboxResponse } from '../router.js';
import type { ApiOptions } from './api.js';
import type { OwnedCluster } from './broker-access.js';
import type { Caller } from './caller.js';
import { forScopes, readers } from './scopes.js';

/** Members that route 5 alone shows. @see pks-api, section 6 */
const detailMembers = new Set([
  'kubernetes_setting_plan_details',
  'kubernetes_setting_cluster_details',
  'nsxt_network_details',
]);

/** Reading clusters. @see pks-api, routes 1, 4, 5 and 19 */
export function clusterRoutes({ tokens, broker }: ApiOptions): Route[] {
  const one = (details: boolean) =>
    forScopes(tokens, readers, async (_request, caller, { name = '' }) => {
      const found = await broker.cluster(name);
      // Another's cluster is answered like one that does not exist.
      if (found === undefined || !maySee(caller, found)) return notFound(name);
      return json(200, details ? found.cluster : plain(found.cluster));
    });
  return [
    route(
      'GET',
      '/v1/clusters',
      forScopes(tokens, readers, async (_request, caller) => {
        const all = await broker.clusters();
        const seen = all.filter((owned) => maySee(caller, owned));
        return json(
          200,
          seen.map(({ cluster }) => plain(cluster)),
        );
      }),
    ),
    route('GET', '/v1/clusters/:name', one(false)),
    route('GET', '/v1/clusterdetails/:name', one(true)),
    route(
      'GET',
      '/v1/upgradable',
      forScopes(tokens, readers, () => json(200, '1.7.0-build.26')),
    ),
  ];
}

function maySee({ name, scopes }: Caller, { owner }: OwnedCluster): boolean {
  const all = scopes.has('pks.clusters.admin') || scopes.has('pks.clusters.admin.read');
  return all || owner === name;
}

function plain(cluster: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { parameters, ...rest } = cluster;
  if (typeof parameters !== 'object' || parameters === null) return { ...cluster };
  const shown = Object.entries(parameters).filter(([name]) => !detailMembers.has(name));
  return { ...rest, parameters: Object.fromEntries(shown) };
}

function notFound(name: string): SandboxResponse {
  return json(404, { body: `The cluster named "${name}" not found.` });
}

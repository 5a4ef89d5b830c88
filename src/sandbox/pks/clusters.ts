import type { Instance } from '../broker/state.js';
import { isObject, without, type JsonObject } from '../body.js';
import type { Release, ReleaseName } from '../release.js';
import { json, type Route, type SandboxResponse } from '../router.js';
import { omitNulls } from './body.js';
import type { BrokerClient } from './broker-client.js';
import { canSee, readScopes, type GuardedRoute } from './guard.js';

/** Reading clusters. @see pks-api, routes 1, 4 and 5 */
export function clusterRoutes(
  guardedRoute: GuardedRoute,
  broker: BrokerClient,
  { name: release }: Release,
): Route[] {
  const createGetRoute = (path: string, details: boolean) =>
    guardedRoute('GET', `${path}/:name`, readScopes, async ({ caller, params: { name = '' } }) => {
      const found = await broker.cluster(name);
      return found && canSee(caller, found.owner)
        ? json(200, clusterToJson(found, { details, release }))
        : clusterNotFound(name);
    });
  return [
    guardedRoute('GET', '/v1/clusters', readScopes, async ({ caller }) => {
      const visible = (await broker.clusters()).filter(({ owner }) => canSee(caller, owner));
      const clusters = visible.map((found) => clusterToJson(found, { details: false, release }));
      return json(200, clusters);
    }),
    createGetRoute('/v1/clusters', false),
    createGetRoute('/v1/clusterdetails', true),
  ];
}

/** Also the response for a cluster of another owner. */
export function clusterNotFound(name: string): SandboxResponse {
  return json(404, { body: `The cluster named "${name}" not found.` });
}

/** Members of `parameters` that only route 5 shows. @see pks-api, section 6 */
const detailMembers = [
  'kubernetes_setting_plan_details',
  'kubernetes_setting_cluster_details',
  'nsxt_network_details',
];

/** A cluster as a server of this release shows it, without its owner. */
export function clusterToJson(
  { cluster }: Instance,
  { details, release }: { readonly details: boolean; readonly release: ReleaseName },
): JsonObject {
  const parameters = without({ ...cluster.parameters }, details ? [] : detailMembers);
  if (release === '1.7') {
    // Before 1.9, the member exists only if it has a value. @see pks-cli, section 6
    const isEmpty = ['', null].some((value) => cluster.compute_profile_name === value);
    return without({ ...cluster, parameters }, isEmpty ? ['compute_profile_name'] : []);
  }
  return {
    ...omitNulls({ ...cluster }),
    compute_profile_name: cluster.compute_profile_name ?? '',
    parameters: {
      ...omitNullsDeep(parameters),
      nsx_policy: false,
      private_registries: parameters['servers'] !== undefined,
    },
  };
}

/** Later releases omit everything that is null. */
function omitNullsDeep(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(omitNulls(value)).map(([name, member]) => [
      name,
      isObject(member) ? omitNullsDeep(member) : member,
    ]),
  );
}

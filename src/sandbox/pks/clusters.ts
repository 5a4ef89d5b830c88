import type { Instance } from '../broker/state.js';
import { isObject, omitMembers, type JsonObject } from '../body.js';
import type { Release, ReleaseName } from '../release.js';
import { json, type Route, type SandboxResponse } from '../router.js';
import { omitNulls } from './body.js';
import type { BrokerClient } from './broker-client.js';
import { canSee, readScopes, type GuardedRoute } from './guard.js';

/** Creates the routes that return clusters. @see pks-api, routes 1, 4 and 5 */
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

/** Also used for clusters of other owners, so that their names stay private. */
export function clusterNotFound(name: string): SandboxResponse {
  return json(404, { body: `The cluster named "${name}" not found.` });
}

/** Members of `parameters` that only `/v1/clusterdetails` returns. @see pks-api, section 6 */
const detailMembers = [
  'kubernetes_setting_plan_details',
  'kubernetes_setting_cluster_details',
  'nsxt_network_details',
];

/** Formats a cluster, without its owner, as the API of this release returns it. */
export function clusterToJson(
  { cluster }: Instance,
  { details, release }: { readonly details: boolean; readonly release: ReleaseName },
): JsonObject {
  const parameters = omitMembers({ ...cluster.parameters }, details ? [] : detailMembers);
  if (release === '1.7') {
    // Releases before 1.9 omit the member if it is empty. @see pks-cli, section 6
    const isEmpty = ['', null].some((value) => cluster.compute_profile_name === value);
    return omitMembers({ ...cluster, parameters }, isEmpty ? ['compute_profile_name'] : []);
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

/** Later releases omit all members that are null, at any depth. */
function omitNullsDeep(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(omitNulls(value)).map(([name, member]) => [
      name,
      isObject(member) ? omitNullsDeep(member) : member,
    ]),
  );
}

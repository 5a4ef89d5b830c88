import type { Instance } from '../broker/state.js';
import { isObject, type JsonObject } from '../body.js';
import type { Release, ReleaseName } from '../release.js';
import { json, route, type Route, type SandboxResponse } from '../router.js';
import { withoutNulls } from './body.js';
import type { BrokerClient } from './broker-client.js';
import { seesAll, type Caller } from './caller.js';
import { readers, type Guard } from './guard.js';

/** Reading clusters. @see pks-api, routes 1, 4 and 5 */
export function clusterRoutes(
  guarded: Guard,
  broker: BrokerClient,
  { name: release }: Release,
): Route[] {
  const one = (details: boolean) =>
    guarded(readers, async ({ caller, params: { name = '' } }) => {
      const found = await broker.cluster(name);
      return found && isVisible(caller, found)
        ? json(200, clusterToJson(found, { details, release }))
        : clusterNotFound(name);
    });
  return [
    route(
      'GET',
      '/v1/clusters',
      guarded(readers, async ({ caller }) => {
        const visible = (await broker.clusters()).filter((found) => isVisible(caller, found));
        return json(
          200,
          visible.map((found) => clusterToJson(found, { details: false, release })),
        );
      }),
    ),
    route('GET', '/v1/clusters/:name', one(false)),
    route('GET', '/v1/clusterdetails/:name', one(true)),
  ];
}

/** Also the response for a cluster of another owner. */
export function clusterNotFound(name: string): SandboxResponse {
  return json(404, { body: `The cluster named "${name}" not found.` });
}

function isVisible(caller: Caller, { owner }: Instance): boolean {
  return seesAll(caller) || owner === caller.name;
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
    ...withoutNulls({ ...cluster }),
    compute_profile_name: cluster.compute_profile_name ?? '',
    parameters: {
      ...withoutInnerNulls(parameters),
      nsx_policy: false,
      private_registries: parameters['servers'] !== undefined,
    },
  };
}

/** Later releases omit everything that is null. */
function withoutInnerNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(withoutNulls(value)).map(([name, member]) => [
      name,
      isObject(member) ? withoutInnerNulls(member) : member,
    ]),
  );
}

function without(value: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

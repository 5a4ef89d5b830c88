import type { Release, ReleaseName } from '../release.js';
import { json, route, type Route } from '../router.js';
import { isObject, type Json } from './body.js';
import type { Caller } from './caller.js';
import type { ClusterAccess, OwnedCluster } from './cluster-access.js';
import { readers, type Guard } from './guard.js';

/** Reading clusters. @see pks-api, routes 1, 4 and 5 */
export function clusterRoutes(
  guarded: Guard,
  broker: ClusterAccess,
  { name: release }: Release,
): Route[] {
  const plain = (found: OwnedCluster) => shownCluster(found, { details: false, release });
  const detailed = (found: OwnedCluster) => shownCluster(found, { details: true, release });
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
    route('GET', '/v1/clusterdetails/:name', one(detailed)),
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

export interface Shown {
  readonly details: boolean;
  readonly release: ReleaseName;
}

/** A cluster as a server of this release shows it, without its owner. */
export function shownCluster({ cluster }: OwnedCluster, { details, release }: Shown): Json {
  const parameters = isObject(cluster['parameters']) ? cluster['parameters'] : {};
  const kept = details ? parameters : without(parameters, (name) => detailMembers.has(name));
  return release === '1.7'
    ? withoutEmptyComputeProfile({ ...cluster, parameters: kept })
    : withNewerMembers({ ...cluster, parameters: kept });
}

/** Before 1.9 the member is there only where it says something. @see pks-cli, section 6 */
function withoutEmptyComputeProfile(cluster: Json): Json {
  const isEmpty = ['', null].some((value) => cluster['compute_profile_name'] === value);
  return isEmpty ? without(cluster, (name) => name === 'compute_profile_name') : cluster;
}

/** Later releases leave out what is null, and tell of NSX policy and registries. */
function withNewerMembers(cluster: Json & { readonly parameters: Json }): Json {
  const { parameters } = cluster;
  return {
    ...withoutNulls(cluster),
    compute_profile_name: cluster['compute_profile_name'] ?? '',
    parameters: {
      ...withoutNulls(parameters),
      nsx_policy: false,
      private_registries: parameters['servers'] !== undefined,
    },
  };
}

function withoutNulls(value: Json): Json {
  const kept = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(
    kept.map(([name, member]) => [name, isObject(member) ? withoutNulls(member) : member]),
  );
}

function without(value: Json, isLeftOut: (name: string, member: unknown) => boolean): Json {
  return Object.fromEntries(
    Object.entries(value).filter(([name, member]) => !isLeftOut(name, member)),
  );
}

import { isObject } from './body.js';
import type { Caller } from './caller.js';
import type { PlanOffer } from './change-access.js';
import type { OwnedCluster } from './cluster-access.js';
import type { Limit } from './quota-access.js';

/** What the clusters of one owner take. @see pks-api, section 6 */
export interface Usage {
  readonly owner: string;
  readonly totals: Limit;
  readonly clusters: readonly ClusterUsage[];
}

/** Memory in GB. */
export interface ClusterUsage {
  readonly name: string;
  readonly cpu: number;
  readonly memory: number;
}

/** Usage of each owner with clusters, in the order of their first clusters. */
export function usagesOf(clusters: readonly OwnedCluster[], offers: readonly PlanOffer[]): Usage[] {
  const owners = [...new Set(clusters.map(({ owner }) => owner))];
  return owners.map((owner) => usageOf(owner, clusters, offers));
}

/** Usage of an owner, who may have no cluster. */
export function usageOf(
  owner: string,
  all: readonly OwnedCluster[],
  offers: readonly PlanOffer[],
): Usage {
  const clusters = all
    .filter((each) => each.owner === owner)
    .map(({ cluster }) => clusterUsage(cluster, offers));
  const sum = (member: 'cpu' | 'memory') =>
    clusters.reduce((total, each) => total + each[member], 0);
  return {
    owner,
    totals: { cpu: sum('cpu'), memory: sum('memory'), cluster: clusters.length },
    clusters,
  };
}

/** What so many workers of a plan take, with the plan's masters. */
export function machinesOf(
  { masters, workers: usual, machine }: PlanOffer,
  workers: number = usual,
): Omit<ClusterUsage, 'name'> {
  const count = masters + workers;
  return { cpu: count * machine.cpu, memory: count * machine.memory };
}

function clusterUsage(
  cluster: OwnedCluster['cluster'],
  offers: readonly PlanOffer[],
): ClusterUsage {
  const { name, plan_name, parameters } = cluster;
  const offer = offers.find((each) => each.name === plan_name);
  const workers = isObject(parameters) ? parameters['kubernetes_worker_instances'] : undefined;
  const size = offer && machinesOf(offer, typeof workers === 'number' ? workers : undefined);
  return { name: String(name), ...(size ?? { cpu: 0, memory: 0 }) };
}

/** Administrators see what is everybody's, others what is theirs. @see pks-api, section 4 */
export function maySeeAll({ scopes }: Caller): boolean {
  return scopes.has('pks.clusters.admin') || scopes.has('pks.clusters.admin.read');
}

import type { Cluster, Clusters } from '../../api/pks/clusters.js';
import { TpksError } from '../../base/errors.js';
import { rejectUnknownKeys, selectRows, type SelectionFlags } from '../resource/list.js';
import { isBusy } from '../waiting/wait-for-cluster.js';
import { clusterList } from './clusters.js';

export type OutdatedClusters = Awaited<ReturnType<typeof findOutdatedClusters>>;

/**
 * Finds the clusters whose version differs from the version of the installation, and that match the filter.
 * @param canaryNames - clusters to upgrade first, in this order; ignored if no cluster can be upgraded, so that a
 *   scheduled job can always use the same names.
 * @returns the clusters to upgrade, as `canaries` and `others`; in `skipped`, the outdated clusters that cannot be
 *   upgraded now, with the reason, e.g. `dev-2: CREATE in progress`.
 * @throws {TpksError} `failed` if the API does not return the version of the installation; `usage` for an
 *   unknown key of the filter, and for canaries that are not among the clusters to upgrade.
 */
export async function findOutdatedClusters(
  canaryNames: readonly string[],
  flags: SelectionFlags,
  clusters: Clusters,
) {
  const [all, version] = await Promise.all([clusters.list(), clusters.getUpgradeVersion()]);
  if (version === undefined) {
    throw new TpksError('failed', 'The API did not return the version to upgrade to', {
      hint: 'only PKS 1.5 and later return it; name the clusters instead: tpks upgrade-clusters --clusters NAME,NAME',
    });
  }
  rejectUnknownKeys(clusterList, all, flags);
  const outdated = selectRows(clusterList, all, flags).filter(
    ({ pks_version: current }) => current !== version,
  );
  const ready = outdated.filter((cluster) => findObstacle(cluster) === undefined);
  const canaries = canaryNames.flatMap((name) => ready.find((each) => each.name === name) ?? name);
  const unknown = canaries.filter((canary) => typeof canary === 'string');
  if (ready.length > 0 && unknown.length > 0) {
    const message = `Canaries are not among the clusters to upgrade: ${unknown.join(', ')}`;
    throw new TpksError('usage', message, {
      hint: `list the outdated clusters: tpks clusters --filter pks-version!=${version}`,
    });
  }
  return {
    version,
    canaries: canaries.filter((canary) => typeof canary !== 'string'),
    others: ready.filter((cluster) => !canaries.includes(cluster)),
    skipped: outdated
      .filter((cluster) => !ready.includes(cluster))
      .map((cluster) => `${cluster.name}: ${findObstacle(cluster) ?? ''}`),
  };
}

/** @returns why a cluster cannot be upgraded now, e.g. `CREATE failed`; `undefined` if it can. */
function findObstacle(cluster: Cluster): string | undefined {
  const { last_action: action, last_action_state: state } = cluster;
  const isUnusable = state === 'failed' && (action === 'CREATE' || action === 'DELETE');
  return isBusy(cluster) || isUnusable ? `${action ?? 'operation'} ${state ?? ''}` : undefined;
}

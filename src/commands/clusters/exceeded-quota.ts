import type { ClusterUpdate } from '../../api/pks/clusters.js';
import { createQuotas, createUsages } from '../../api/pks/quotas.js';
import type { Services } from '../../app/services.js';
import { isTpksError, rewordError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';

export type QuotaDeps = Pick<Services, 'pksResource' | 'clusters' | 'context'>;

/** A change that needs more resources: a new cluster, or an update of an existing one. */
export type Growth = 'newCluster' | { readonly cluster: string; readonly change: ClusterUpdate };

/**
 * Explains the error if the API rejects a request because of a quota, which the API reports like a missing scope. Reads
 * the quota and the usage only after such an error. If they cannot be read, the original error is thrown.
 * @throws {TpksError} the error of `response`; its message names the limits that would be exceeded, if there are any.
 * @see docs/contributing/servers/pks-api.md#scopes
 */
export async function explainExceededQuota<T>(
  growth: Growth,
  deps: QuotaDeps,
  response: Promise<T>,
): Promise<T> {
  try {
    return await response;
  } catch (error) {
    if (!isTpksError(error) || error.status !== 403) throw error;
    const explanation = await describeExceededLimits(growth, deps).catch((failure: unknown) => {
      if (!isTpksError(failure)) throw failure;
      return undefined;
    });
    throw explanation === undefined ? error : rewordError(error, explanation);
  }
}

const labels = {
  cluster: { flag: 'clusters', unit: 'clusters' },
  cpu: { flag: 'cpu', unit: 'CPUs' },
  memory: { flag: 'memory', unit: 'GB of memory' },
} as const;

/** @returns the message and the hint; `undefined` unless it is certain that a limit would be exceeded. */
async function describeExceededLimits(growth: Growth, deps: QuotaDeps) {
  const { identity: owner } = await deps.context();
  const [{ limit }, { totals, clusters }, added] = await Promise.all([
    deps.pksResource(createQuotas).get(owner),
    deps.pksResource(createUsages).get(owner),
    growth === 'newCluster' ? undefined : readAddedWorkers(growth, deps),
  ]);
  if (added !== undefined && added.workers <= 0) return undefined;
  const resources =
    growth === 'newCluster'
      ? (['cluster', 'cpu', 'memory'] as const)
      : (['cpu', 'memory'] as const);
  const exceeded = resources.flatMap((resource) => {
    const { flag, unit } = labels[resource];
    const usedOfLimit = `${String(totals[resource])} of ${String(limit[resource])}`;
    if (totals[resource] >= limit[resource]) {
      return [{ flag, text: `${usedOfLimit} ${unit} are used` }];
    }
    if (added === undefined || resource === 'cluster') return [];
    const own = clusters?.find(({ name }) => name === added.cluster)?.[resource] ?? 0;
    const needed = Math.round(own * added.share * 10) / 10;
    if (totals[resource] + needed <= limit[resource]) return [];
    const workers =
      added.workers === 1 ? '1 more worker needs' : `${String(added.workers)} more workers need`;
    return [
      { flag, text: `${workers} about ${String(needed)} ${unit}, but ${usedOfLimit} are used` },
    ];
  });
  if (exceeded.length === 0) return undefined;
  const name = quoteForShell(owner);
  const flags = exceeded.map(({ flag }) => `--${flag} N`).join(' ');
  return {
    message: `The quota of ${owner} would be exceeded: ${exceeded.map(({ text }) => text).join('; ')}`,
    hint:
      `show the usage: tpks usage ${name}\n` +
      `an administrator can raise the limit: tpks update-quota ${name} ${flags}\n` +
      'a missing scope causes the same error; to show your scopes: tpks status',
  };
}

interface AddedWorkers {
  readonly cluster: string;
  /** Negative if the cluster becomes smaller. */
  readonly workers: number;
  /** The added workers as a share of the cluster's current machines, because the API does not return machine sizes. */
  readonly share: number;
}

/** @returns `undefined` if the number of machines is not known, e.g. because the cluster has node pools. */
async function readAddedWorkers(
  { cluster, change }: Exclude<Growth, string>,
  { clusters }: Pick<QuotaDeps, 'clusters'>,
): Promise<AddedWorkers | undefined> {
  const { kubernetes_worker_instances: target, node_pool_instances: nodePools } = change;
  if (typeof target !== 'number' || nodePools !== undefined) return undefined;
  const { kubernetes_master_ips: masters, parameters } = await clusters().get(cluster, {
    details: false,
  });
  const current = parameters?.['kubernetes_worker_instances'];
  if (typeof current !== 'number' || !masters?.length) return undefined;
  const workers = target - current;
  return { cluster, workers, share: workers / (masters.length + current) };
}

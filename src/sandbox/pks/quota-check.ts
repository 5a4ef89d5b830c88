import { ErrorResponse, json } from '../router.js';
import type { BrokerAccess } from './broker-access.js';
import type { Caller } from './caller.js';
import type { ClusterUsage } from './usage.js';
import { usageOf } from './usage.js';

/** Resources that an owner requests in addition to those in use. */
export interface Addition extends Omit<ClusterUsage, 'name'> {
  readonly cluster: number;
}

/**
 * Checks the quota of an owner. Administrators are never limited, even if they have a quota.
 *
 * @throws {ErrorResponse} 403, as for a scope that is missing.
 * @see pks-api, sections 4 and 9
 */
export async function checkQuota(
  broker: BrokerAccess,
  { name, scopes }: Caller,
  addition: Addition,
): Promise<void> {
  if (scopes.has('pks.clusters.admin')) return;
  const quota = await broker.quota(name);
  if (!quota) return;
  const { totals } = usageOf(name, await broker.clusters(), await broker.plans());
  const members = ['cpu', 'memory', 'cluster'] as const;
  const fits = members.every((member) => totals[member] + addition[member] <= quota.limit[member]);
  if (!fits) throw new ErrorResponse(json(403, { body: 'The quota of the user is used up.' }));
}

import { isTpksError, TpksError } from '../../errors.js';
import { mapInParallel } from '../../in-parallel.js';
import { quoteForShell } from '../../shell-quote.js';
import type { ClusterFailure } from './write-kubeconfig.js';

/** A broker handles requests for different clusters in parallel, but each one is slow. */
const maximumInFlight = 4;

/**
 * Fetches the credentials for several clusters. If one fails, the others are still fetched.
 * @throws {TpksError} errors that affect all clusters, such as a session that has ended.
 */
export async function bindClusters<T>(
  names: readonly string[],
  bind: (name: string) => Promise<T>,
): Promise<{ readonly successes: readonly T[]; readonly failures: readonly ClusterFailure[] }> {
  const successes: T[] = [];
  const failures: ClusterFailure[] = [];
  const results = await mapInParallel(
    names,
    async (cluster) => {
      try {
        return { value: await bind(cluster) };
      } catch (error) {
        if (!isTpksError(error) || isCommon(error) || names.length === 1) throw error;
        return { failure: { cluster, error } };
      }
    },
    maximumInFlight,
  );
  for (const { value, failure } of results) {
    if (failure !== undefined) failures.push(failure);
    else successes.push(value);
  }
  return { successes, failures };
}

/** Whether all other clusters would fail with the same error. */
function isCommon({ kind, status }: TpksError): boolean {
  if (kind === 'unavailable') return status === undefined;
  return ['unauthenticated', 'untrusted', 'cancelled', 'keychain', 'storage'].includes(kind);
}

/**
 * Combines the failures of several clusters into one error, with the kind and the hint of the first one.
 * @param total - the number of clusters.
 */
export function summarizeFailures(
  failures: readonly ClusterFailure[],
  total: number,
): TpksError | undefined {
  const [first] = failures;
  if (first === undefined) return undefined;
  const names = failures.map(({ cluster }) => cluster).join(', ');
  return new TpksError(
    first.error.kind,
    `Cannot get credentials for ${String(failures.length)} of ${String(total)} clusters: ${names}`,
    { hint: first.error.hint ?? `show the cluster: tpks cluster ${quoteForShell(first.cluster)}` },
  );
}

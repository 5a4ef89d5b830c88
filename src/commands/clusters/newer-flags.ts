import { isTpksError, rewordError } from '../../errors.js';
import { getOwnValue } from '../../own-value.js';

/** The flags that need a release after PKS 1.7. @see pks-cli, section 1.3 */
const requirements: Readonly<Record<string, string>> = {
  computeProfile: '--compute-profile requires TKGI 1.9',
  nodePoolInstances: '--node-pool-instances requires TKGI 1.9',
  configFile: '--config-file requires TKGI 1.10',
  enforceComputeProfileUpdate: '--enforce-compute-profile-update requires TKGI 1.16',
  nodesParallel: '--nodes-parallel requires TKGI 1.17',
  privateRegistries: '--private-registries requires TKGI 1.20',
};

/** The HTTP statuses that older servers return for fields that they do not support. */
const rejectionStatuses = new Set([400, 404, 405, 415, 422, 500]);

/**
 * Adds a hint to an error: the releases that the flags require. A server that is too old for a flag
 * may respond with an unclear message.
 *
 * @param flags - with the names that commander uses; a flag that is `undefined` was not used.
 * @throws {TpksError} what `response` throws, with the hint if it applies.
 */
export async function explainNewerFlags<T>(flags: object, response: Promise<T>): Promise<T> {
  try {
    return await response;
  } catch (error) {
    const required = Object.entries(flags).flatMap(([flag, value]) =>
      value === undefined ? [] : (getOwnValue(requirements, flag) ?? []),
    );
    if (!isTpksError(error) || !rejectionStatuses.has(error.status ?? 0) || required.length === 0)
      throw error;
    throw rewordError(error, { hint: `the server may be too old: ${required.join(', ')}` });
  }
}

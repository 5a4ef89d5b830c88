import { isTpksError, reworded } from '../../errors.js';
import { ownValue } from '../../own-value.js';

/** Which release brought a flag, where that is later than 1.7. @see pks-cli, section 1.3 */
const releases: Readonly<Record<string, string>> = {
  computeProfile: '--compute-profile came with TKGI 1.9',
  nodePoolInstances: '--node-pool-instances came with TKGI 1.9',
  configFile: '--config-file came with TKGI 1.10',
  enforceComputeProfileUpdate: '--enforce-compute-profile-update came with TKGI 1.16',
  nodesParallel: '--nodes-parallel came with TKGI 1.17',
  privateRegistries: '--private-registries came with TKGI 1.20',
};

/** What a server says to what it does not know. */
const rejectionStatuses = new Set([400, 404, 405, 415, 422, 500]);

/**
 * A server that is older than a flag says so in its own words, if at all: says which release brought
 * the flags that were used.
 *
 * @param flags - as commander names them; those that are not `undefined` were used.
 * @throws {TpksError} what `answer` throws, with that advice where it applies.
 */
export async function explainNewerFlags<T>(flags: object, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const used = Object.entries(flags).flatMap(([flag, value]) =>
      value === undefined ? [] : (ownValue(releases, flag) ?? []),
    );
    if (!isTpksError(error) || !rejectionStatuses.has(error.status ?? 0) || used.length === 0)
      throw error;
    throw reworded(error, { hint: `if the server is older: ${used.join(', ')}` });
  }
}

import type { BrokerAccess } from './broker-access.js';
import { invalid, textIn, type Json } from './body.js';
import type { Caller } from './caller.js';
import { maySee } from './profiles.js';

/**
 * The profiles of a new cluster must exist, and the caller must be allowed to see them.
 *
 * @param wanted - a cluster, or what is to change of it.
 * @throws {ErrorResponse} 400
 */
export async function checkProfiles(
  broker: BrokerAccess,
  caller: Caller,
  wanted: Json,
): Promise<void> {
  for (const kind of ['network', 'compute', 'kubernetes'] as const) {
    const name = textIn(wanted, `${kind}_profile_name`) ?? '';
    if (name === '') continue;
    const found = await broker.profile(kind, name);
    if (!found || !maySee(caller, kind, found)) {
      throw invalid(`The ${kind} profile named "${name}" not found.`);
    }
  }
}

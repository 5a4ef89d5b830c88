import { createHash } from 'node:crypto';
import type { Client } from '../store/clients.js';
import type { User } from '../store/users.js';

/**
 * The `rev_sig` claim: a short hash over what a token depends on. When the client's secret or
 * salt, or the user's name, e-mail, password or salt change, older tokens no longer match.
 *
 * @returns one signature for each of the client's secrets, the newest first. A token contains the
 *   first and is valid while it matches one of them.
 */
export function revocationSignatures(client: Client, user?: User): readonly [string, ...string[]] {
  const [newest = '', ...older] = client.secretHashes.toReversed();
  const signature = (secretHash: string): string => {
    const parts = [client.id, secretHash, client.information['token_salt'] ?? ''];
    if (user) {
      parts.push(user.id, user.passwordHash, user.salt ?? '', user.email, user.userName);
    }
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8);
  };
  return [signature(newest), ...older.map(signature)];
}

import { randomBytes } from 'node:crypto';
import type { Keychain } from './keychain.js';

/**
 * Writes a random entry, reads it back and deletes it.
 * @returns whether it came back as it was.
 * @throws what the store throws.
 */
export async function givesBack(store: Omit<Keychain, 'probe'>): Promise<boolean> {
  const account = `probe-${randomBytes(8).toString('hex')}`;
  const key = randomBytes(32).toString('base64');
  await store.write(account, key);
  try {
    return (await store.read(account)) === key;
  } finally {
    await store.remove(account);
  }
}

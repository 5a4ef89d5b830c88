import type { Keychain } from '../../../src/platform/keychain/keychain.js';

/** Creates a keychain in memory that behaves like the real ones (see `keychainContract`). */
export function createMemoryKeychain(entries = new Map<string, string>()): Keychain {
  return {
    isShared: false,
    probe: () => Promise.resolve(),
    read: (account) => Promise.resolve(entries.get(account)),
    write: (account, key) => {
      entries.set(account, key);
      return Promise.resolve();
    },
    remove: (account) => Promise.resolve(entries.delete(account)),
  };
}

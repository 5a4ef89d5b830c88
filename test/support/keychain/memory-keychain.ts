import type { Keychain } from '../../../src/keychain/keychain.js';

/** A keychain that forgets; it passes the contract of the real ones. */
export function createMemoryKeychain(entries = new Map<string, string>()): Keychain {
  return {
    probe: () => Promise.resolve(),
    read: (account) => Promise.resolve(entries.get(account)),
    write: (account, key) => {
      entries.set(account, key);
      return Promise.resolve();
    },
    remove: (account) => Promise.resolve(entries.delete(account)),
  };
}

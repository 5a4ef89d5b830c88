import { expect, test } from '@jest/globals';
import type { Keychain } from '../../../src/platform/keychain/keychain.js';

/** Runs a function with an empty keychain. */
export type WithKeychain = (body: (keychain: Keychain) => Promise<void>) => Promise<void>;

/** Tests the behaviour that all implementations of `Keychain` share. */
export function keychainContract(withKeychain: WithKeychain): void {
  const key = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=';

  test('returns no key for an unknown account, and removes nothing', () =>
    withKeychain(async (keychain) => {
      expect(await keychain.read('unknown-user@example.com')).toBeUndefined();
      expect(await keychain.remove('unknown-user@example.com')).toBe(false);
    }));

  test('returns a key unchanged until it is removed', () =>
    withKeychain(async (keychain) => {
      await keychain.write('cody@api.example.com', key);
      expect(await keychain.read('cody@api.example.com')).toBe(key);
      expect(await keychain.remove('cody@api.example.com')).toBe(true);
      expect(await keychain.read('cody@api.example.com')).toBeUndefined();
      expect(await keychain.remove('cody@api.example.com')).toBe(false);
    }));

  test('replaces the key of an account', () =>
    withKeychain(async (keychain) => {
      await keychain.write('cody', 'b25l');
      await keychain.write('cody', 'dHdv');
      expect(await keychain.read('cody')).toBe('dHdv');
    }));

  test('distinguishes accounts with similar names', () =>
    withKeychain(async (keychain) => {
      const accounts = [
        'cody',
        'Cody',
        'cody ',
        'cody@a',
        'cody/a',
        '../cody',
        'cödy',
        'co\u0308dy',
      ];
      for (const [index, account] of accounts.entries()) {
        await keychain.write(account, `key${String(index)}`);
      }
      for (const [index, account] of accounts.entries()) {
        expect(await keychain.read(account)).toBe(`key${String(index)}`);
      }
    }));

  test('does not change stored keys when it is probed', () =>
    withKeychain(async (keychain) => {
      await keychain.write('cody', key);
      await keychain.probe();
      expect(await keychain.read('cody')).toBe(key);
    }));
}

import { expect, test } from '@jest/globals';
import type { Keychain } from '../../../src/keychain/keychain.js';

/** Runs a body with an empty keychain. */
export type WithKeychain = (body: (keychain: Keychain) => Promise<void>) => Promise<void>;

/** What every keychain must do, wherever it keeps things. */
export function keychainContract(withKeychain: WithKeychain): void {
  const key = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=';

  test('an unknown account has no key, and removing it says so', () =>
    withKeychain(async (keychain) => {
      expect(await keychain.read('nobody@example.com')).toBeUndefined();
      expect(await keychain.remove('nobody@example.com')).toBe(false);
    }));

  test('a key is given back as it was written, and is gone once it is removed', () =>
    withKeychain(async (keychain) => {
      await keychain.write('cody@api.example.com', key);
      expect(await keychain.read('cody@api.example.com')).toBe(key);
      expect(await keychain.remove('cody@api.example.com')).toBe(true);
      expect(await keychain.read('cody@api.example.com')).toBeUndefined();
      expect(await keychain.remove('cody@api.example.com')).toBe(false);
    }));

  test('the last key that was written counts', () =>
    withKeychain(async (keychain) => {
      await keychain.write('cody', 'b25l');
      await keychain.write('cody', 'dHdv');
      expect(await keychain.read('cody')).toBe('dHdv');
    }));

  test('accounts that look alike are different ones', () =>
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

  test('a probe leaves everything as it was', () =>
    withKeychain(async (keychain) => {
      await keychain.write('cody', key);
      await keychain.probe();
      expect(await keychain.read('cody')).toBe(key);
    }));
}

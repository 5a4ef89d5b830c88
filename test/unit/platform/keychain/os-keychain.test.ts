import { describe, expect, test } from '@jest/globals';
import type { KeyStore } from '../../../../src/platform/keychain/keychain.js';
import {
  createOsKeychain,
  probeByWriting,
  type OsKeychainOptions,
} from '../../../../src/platform/keychain/os-keychain.js';

function memoryStore(stored = new Map<string, string>()): KeyStore {
  return {
    probe: async () => undefined,
    read: async (account) => stored.get(account),
    write: async (account, key) => void stored.set(account, key),
    remove: async (account) => stored.delete(account),
  };
}

const never = () => new Promise<never>(() => undefined);

const createTestKeychain = (store: Partial<KeyStore>, options: Partial<OsKeychainOptions> = {}) =>
  createOsKeychain({
    platform: 'linux',
    connect: (_signal, work) => work({ ...memoryStore(), ...store }),
    ...options,
  });

describe('errors of the native module', () => {
  const failing = (message: string, platform: NodeJS.Platform = 'linux') =>
    createTestKeychain({ read: () => Promise.reject(new Error(message)) }, { platform });

  test.each([
    ['interaction is not allowed with the Security Server', /is locked$/],
    [
      'Platform failure: something new',
      /^The Secret Service rejected the request \(something new\)$/,
    ],
  ])('are translated: %s', async (message, expected) => {
    await expect(failing(message).read('cody')).rejects.toMatchObject({
      kind: 'keychain',
      message: expect.stringMatching(expected),
      cause: { message },
    });
  });
});

describe('a call without a response', () => {
  test('fails at the limit, and later calls fail immediately', async () => {
    let calls = 0;
    const read = () => {
      calls += 1;
      return never();
    };
    const keychain = createTestKeychain({ read }, { limitMilliseconds: 400 });
    const started = performance.now();
    await expect(keychain.read('cody')).rejects.toMatchObject({
      kind: 'keychain',
      message: 'The Secret Service does not respond',
    });
    expect(performance.now() - started).toBeGreaterThan(390);
    await expect(keychain.read('cody')).rejects.toMatchObject({ kind: 'keychain' });
    await expect(keychain.remove('cody')).rejects.toMatchObject({ kind: 'keychain' });
    expect(calls).toBe(1);
  });
});

describe('a probe of a store that is tested by writing', () => {
  test('leaves no entry', async () => {
    const stored = new Map([['cody', 'a2V5']]);
    await probeByWriting(memoryStore(stored), 'darwin');
    expect([...stored]).toEqual([['cody', 'a2V5']]);
  });

  test('detects a store that does not keep entries, and deletes its own entry', async () => {
    const stored = new Map<string, string>();
    const store = { ...memoryStore(stored), read: async () => undefined };
    await expect(probeByWriting(store, 'darwin')).rejects.toMatchObject({
      kind: 'keychain',
      message: 'A key written to the macOS Keychain could not be read back',
    });
    expect(stored.size).toBe(0);
  });
});

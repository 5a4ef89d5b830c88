import { describe, expect, test } from '@jest/globals';
import { createOsKeychain, type Entry } from '../../../src/keychain/os-keychain.js';
import type { SecretServiceState } from '../../../src/keychain/secret-service.js';

/** The native module's entries as they behave beside an unlocked Secret Service. */
function memoryEntries(stored = new Map<string, string>()) {
  return (account: string): Entry => ({
    getPassword: async () => stored.get(account) ?? null,
    setPassword: async (key) => void stored.set(account, key),
    deleteCredential: async () => stored.delete(account),
  });
}

const ready = async (): Promise<SecretServiceState> => 'ready';
const never = () => new Promise<never>(() => undefined);

describe('a Secret Service that is of no use is told from its own answer', () => {
  test.each([
    ['absent', /no Secret Service on this session's D-Bus/, /^start one/],
    ['locked', /keyring is locked/, /^unlock it/],
    ['noCollection', /no collection/, /^make one/],
    ['silent', /does not answer/, /^restart it/],
  ] as const)('%s', async (state, message, hint) => {
    const entry = () => {
      throw new Error('must not be asked');
    };
    const keychain = createOsKeychain({ platform: 'linux', entry, state: async () => state });
    for (const operation of [
      keychain.probe(),
      keychain.read('cody'),
      keychain.write('cody', 'a2V5'),
      keychain.remove('cody'),
    ]) {
      const error: unknown = await operation.catch((caught: unknown) => caught);
      expect(error).toMatchObject({
        kind: 'keychain',
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      });
      expect(error).toMatchObject({ hint: expect.stringMatching(/--store file/) });
      expect(error).toMatchObject({ hint: expect.stringMatching(/TPKS_STORE=file/) });
      expect(error).toMatchObject({ hint: expect.stringMatching(/TPKS_API/) });
    }
  });
});

describe('errors of the native module', () => {
  const failing = (message: string) =>
    createOsKeychain({
      platform: 'linux',
      state: ready,
      entry: () => ({
        getPassword: () => Promise.reject(new Error(message)),
        setPassword: () => Promise.reject(new Error(message)),
        deleteCredential: () => Promise.reject(new Error(message)),
      }),
    });

  test.each([
    ["Couldn't access platform storage: Secret Service: unlock prompt was dismissed", /is locked$/],
    ["Couldn't access platform storage: Secret Service: no result found", /no collection/],
    ['Platform failure: DBus error: Did not receive a reply. Possible causes', /not answer$/],
    ['Platform failure: something new', /^The Secret Service refused \(something new\)$/],
  ])('%s', async (message, expected) => {
    await expect(failing(message).read('cody')).rejects.toMatchObject({
      kind: 'keychain',
      message: expect.stringMatching(expected),
      cause: { message },
    });
  });

  test('on making an entry mean that there is no service, where the bus could not be asked', async () => {
    const keychain = createOsKeychain({
      platform: 'linux',
      state: async () => 'unknown',
      entry: () => {
        throw new Error(
          'Platform failure: DBus error: Using X11 for dbus-daemon autolaunch was disabled at ' +
            'compile time, set your DBUS_SESSION_BUS_ADDRESS instead',
        );
      },
    });
    await expect(keychain.probe()).rejects.toMatchObject({
      kind: 'keychain',
      message:
        "There is no Secret Service on this session's D-Bus (DBUS_SESSION_BUS_ADDRESS is not set)",
    });
  });

  test('name the store of their platform', async () => {
    const keychain = createOsKeychain({
      platform: 'darwin',
      state: () => Promise.reject(new Error('there is no D-Bus on a Mac')),
      entry: () => ({
        ...memoryEntries()(''),
        getPassword: () => Promise.reject(new Error('-25293')),
      }),
    });
    await expect(keychain.read('cody')).rejects.toMatchObject({
      message: 'The macOS Keychain refused (-25293)',
    });
  });
});

describe('a call that gets no answer', () => {
  test('ends at the limit, and the next ones end at once', async () => {
    let calls = 0;
    const keychain = createOsKeychain({
      platform: 'linux',
      state: ready,
      limitMilliseconds: 400,
      entry: () => ({
        ...memoryEntries()(''),
        getPassword: () => {
          calls += 1;
          return never();
        },
      }),
    });
    const started = performance.now();
    await expect(keychain.read('cody')).rejects.toMatchObject({
      kind: 'keychain',
      message: 'The Secret Service does not answer',
    });
    expect(performance.now() - started).toBeGreaterThan(390);
    const again = performance.now();
    await expect(keychain.read('cody')).rejects.toMatchObject({ kind: 'keychain' });
    await expect(keychain.remove('cody')).rejects.toMatchObject({ kind: 'keychain' });
    expect(performance.now() - again).toBeLessThan(350);
    expect(calls).toBe(1);
  });

  test('has one limit for all steps of a probe', async () => {
    const slow = <T>(value: T) => new Promise<T>((resolve) => setTimeout(resolve, 300, value));
    const keychain = createOsKeychain({
      platform: 'linux',
      state: ready,
      limitMilliseconds: 350,
      entry: () => ({
        setPassword: () => slow(undefined),
        getPassword: () => slow(null),
        deleteCredential: () => slow(true),
      }),
    });
    const started = performance.now();
    await expect(keychain.probe()).rejects.toMatchObject({
      message: 'The Secret Service does not answer',
    });
    expect(performance.now() - started).toBeLessThan(800);
  });

  test('does not condemn a keyring that is unlocked later', async () => {
    let state: SecretServiceState = 'locked';
    const keychain = createOsKeychain({
      platform: 'linux',
      entry: memoryEntries(),
      state: async () => state,
    });
    await expect(keychain.read('cody')).rejects.toMatchObject({ kind: 'keychain' });
    state = 'ready';
    expect(await keychain.read('cody')).toBeUndefined();
  });
});

describe('a probe', () => {
  test('leaves no entry', async () => {
    const stored = new Map([['cody', 'a2V5']]);
    const keychain = createOsKeychain({
      platform: 'linux',
      entry: memoryEntries(stored),
      state: ready,
    });
    await keychain.probe();
    expect([...stored]).toEqual([['cody', 'a2V5']]);
  });

  test('finds out a store that forgets, and cleans up there, too', async () => {
    const stored = new Map<string, string>();
    const keychain = createOsKeychain({
      platform: 'linux',
      state: ready,
      entry: (account) => ({ ...memoryEntries(stored)(account), getPassword: async () => null }),
    });
    await expect(keychain.probe()).rejects.toMatchObject({
      kind: 'keychain',
      message: 'The Secret Service does not give back what was stored in it',
    });
    expect(stored.size).toBe(0);
  });
});

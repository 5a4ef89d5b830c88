import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, test } from '@jest/globals';
import { temporaryPathFor } from '../../../src/disk/temporary-files.js';
import type { KeyStore } from '../../../src/keychain/keychain.js';
import { createOsKeychain, type OsKeychainOptions } from '../../../src/keychain/os-keychain.js';
import { withFakeSecretService } from '../../support/keychain/fake-secret-service.js';

const emptyKeyring = { SearchItems: { types: 'aoao', values: [[], []] } } as const;

function memoryStore(stored = new Map<string, string>()): KeyStore {
  return {
    read: async (account) => stored.get(account),
    write: async (account, key) => void stored.set(account, key),
    remove: async (account) => stored.delete(account),
  };
}

const never = () => new Promise<never>(() => undefined);

const notesFolder = mkdtempSync(join(tmpdir(), 'tpks-notes-'));
afterAll(() => rmSync(notesFolder, { recursive: true }));

const createTestKeychain = (store: Partial<KeyStore>, options: Partial<OsKeychainOptions> = {}) =>
  createOsKeychain({
    platform: 'linux',
    notesFolder,
    connect: (_signal, work) => work({ ...memoryStore(), ...store }),
    ...options,
  });

describe('errors of the native module', () => {
  const failing = (message: string, platform: NodeJS.Platform = 'linux') =>
    createTestKeychain({ read: () => Promise.reject(new Error(message)) }, { platform });

  test.each([
    ["Couldn't access platform storage: Secret Service: unlock prompt was dismissed", /is locked$/],
    ["Couldn't access platform storage: Secret Service: no result found", /no collection/],
    ['Platform failure: DBus error: Did not receive a reply. Possible causes', /does not respond$/],
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

  test('name the store of their platform', async () => {
    await expect(failing('-25293', 'darwin').read('cody')).rejects.toMatchObject({
      message: 'The macOS Keychain rejected the request (-25293)',
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
    const secondStart = performance.now();
    await expect(keychain.read('cody')).rejects.toMatchObject({ kind: 'keychain' });
    await expect(keychain.remove('cody')).rejects.toMatchObject({ kind: 'keychain' });
    expect(performance.now() - secondStart).toBeLessThan(350);
    expect(calls).toBe(1);
  });

  test('has one limit for all steps of a probe', async () => {
    const slow = <T>(value: T) => new Promise<T>((resolve) => setTimeout(resolve, 300, value));
    const keychain = createTestKeychain(
      { read: () => slow(undefined), write: () => slow(undefined), remove: () => slow(true) },
      { limitMilliseconds: 350 },
    );
    const started = performance.now();
    await expect(keychain.probe()).rejects.toMatchObject({
      message: 'The Secret Service does not respond',
    });
    expect(performance.now() - started).toBeLessThan(800);
  });
});

describe('a probe', () => {
  test('leaves no entry', async () => {
    const stored = new Map([['cody', 'a2V5']]);
    await createTestKeychain(memoryStore(stored)).probe();
    expect([...stored]).toEqual([['cody', 'a2V5']]);
  });

  test('detects a store that does not keep entries, and deletes its own entry', async () => {
    const stored = new Map<string, string>();
    const keychain = createTestKeychain({ ...memoryStore(stored), read: async () => undefined });
    await expect(keychain.probe()).rejects.toMatchObject({
      kind: 'keychain',
      message: 'A key written to the Secret Service could not be read back',
    });
    expect(stored.size).toBe(0);
  });

  test('deletes the entries of killed probes, but not of running ones', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    const folder = mkdtempSync(join(notesFolder, 'own-'));
    const running = temporaryPathFor(join(folder, '.probe-keychain'));
    const killed = running.replace(/-\d+-(\d*)-\w+\.tmp$/, `-${String(pid)}-$1-0123456789ab.tmp`);
    for (const note of [running, killed]) writeFileSync(note, '');
    const runningEntry = `probe-${/-(\w+)\.tmp$/.exec(running)?.[1] ?? ''}`;
    const stored = new Map([
      ['cody', 'a2V5'],
      [runningEntry, 'a2V5'],
      ['probe-0123456789ab', 'a2V5'],
    ]);
    await createTestKeychain(memoryStore(stored), { notesFolder: folder }).probe();
    expect([...stored.keys()]).toEqual(['cody', runningEntry]);
    expect(readdirSync(folder)).toEqual([basename(running)]);
  });

  test('leaves no note if the store cannot be used', async () => {
    const folder = mkdtempSync(join(notesFolder, 'unusable-'));
    const unusable = async () => {
      throw new Error('Secret Service: the collection is locked');
    };
    const keychain = createTestKeychain({ read: unusable }, { notesFolder: folder });
    await expect(keychain.probe()).rejects.toMatchObject({ message: 'The keyring is locked' });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('leaves no note if the service hangs before it can create an entry', async () => {
    const folder = mkdtempSync(join(notesFolder, 'hung-'));
    await withFakeSecretService(
      { ...emptyKeyring, OpenSession: 'none' },
      async ({ env, calls }) => {
        const keychain = createOsKeychain({
          ...{ platform: 'linux', notesFolder: folder, env, limitMilliseconds: 300 },
        });
        await expect(keychain.probe()).rejects.toMatchObject({ kind: 'keychain' });
        expect(calls).toContain('OpenSession');
      },
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test('leaves its note if the service hangs while it creates the entry', async () => {
    const folder = mkdtempSync(join(notesFolder, 'hung-'));
    const options = { platform: 'linux', notesFolder: folder } as const;
    await withFakeSecretService({ ...emptyKeyring, CreateItem: 'none' }, async ({ env }) => {
      const keychain = createOsKeychain({ ...options, env, limitMilliseconds: 300 });
      await expect(keychain.probe()).rejects.toMatchObject({ kind: 'keychain' });
    });
    const [note = ''] = readdirSync(folder);
    const account = `probe-${/-(\w+)\.tmp$/.exec(note)?.[1] ?? ''}`;
    // The process ends, and the service creates the entry after it has been restarted.
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    const stale = note.replace(/-\d+-(\d*-\w+\.tmp)$/, `-${String(pid)}-$1`);
    renameSync(join(folder, note), join(folder, stale));
    const stored = new Map([[account, 'a2V5']]);
    await createTestKeychain(memoryStore(stored), options).probe();
    expect([...stored.keys()]).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('records its entry before it writes it', async () => {
    let notes: readonly string[] = [];
    const keychain = createTestKeychain({
      write: async (account) => {
        const random = account.replace('probe-', '');
        notes = readdirSync(notesFolder).filter((name) => name.endsWith(`-${random}.tmp`));
      },
    });
    await expect(keychain.probe()).rejects.toMatchObject({ kind: 'keychain' });
    expect(notes).toHaveLength(1);
  });
});

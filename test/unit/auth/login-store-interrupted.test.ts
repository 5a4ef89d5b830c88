import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  createLoginStore,
  type PersistentStore,
  type NewLogin,
} from '../../../src/auth/login-store.js';
import { createSessionStore, type SessionLocation } from '../../../src/auth/session-file.js';
import type { Token } from '../../../src/auth/token.js';
import type { Settings, SettingsFile } from '../../../src/config/settings.js';
import type { Keychain } from '../../../src/keychain/keychain.js';
import { createMemoryKeychain } from '../../support/keychain/memory-keychain.js';
import { withFolder } from '../../support/temporary-folder.js';
import { codySettings } from '../../support/fixtures.js';
import { Secret } from '../../../src/secret.js';

const name = 'work';

const tokenNamed = (accessToken: string): Token => ({
  accessToken: new Secret(accessToken),
  scope: 'openid',
  lifetimeSeconds: 600,
  issuedAt: new Date('2026-11-25T10:00:00Z'),
  clockOffsetSeconds: 0,
});

/** Logins that call `atEachStep` before and after everything that they store or delete. */
function observedLogins(folder: string, atEachStep: () => Promise<void>) {
  let settings: Settings = { version: 1, contexts: {}, targets: [] };
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    await atEachStep();
    const result = await work();
    await atEachStep();
    return result;
  };
  const keys: Record<PersistentStore, Map<string, string>> = {
    keychain: new Map(),
    file: new Map(),
  };
  const observed = (store: PersistentStore): Keychain => {
    const keychain = createMemoryKeychain(keys[store]);
    return {
      ...keychain,
      write: (account, key) => step(() => keychain.write(account, key)),
      remove: (account) => step(() => keychain.remove(account)),
    };
  };
  const storeOf = (place: SessionLocation, keychain: Keychain) =>
    createSessionStore({
      context: name,
      sessionId: place.sessionId,
      directory: join(folder, 'sessions'),
      keychain,
    });
  const file: SettingsFile = {
    path: '/home/cody/.config/tpks/config.json',
    read: async () => settings,
    update: async (change) => {
      const write = (next: Settings) => step(async () => void (settings = next));
      await write(await change(settings, write));
      return settings;
    },
  };
  const logins = createLoginStore({
    settings: file,
    keychain: async (store) => observed(store),
    sessionStore: async (_name, place) => {
      const store = storeOf(place, observed(place.store));
      return {
        ...store,
        reserve: async () => {
          const { write, release } = await store.reserve();
          return { release, write: (session) => step(() => write(session)) };
        },
        removeEarlierFiles: () => step(store.removeEarlierFiles),
      };
    },
    withLock: (_name, work) => work(),
    env: {},
    keysFolder: join(folder, 'keys'),
    osStoreName: 'OS keychain',
  });
  /** The session as another command would find it now, and the installation it would be sent to. */
  const found = async (): Promise<string> => {
    const context = settings.contexts[name];
    if (context === undefined) return 'no context';
    const session = await storeOf(context, createMemoryKeychain(keys[context.store])).read();
    return `${session?.accessToken.reveal() ?? 'no session'} for ${context.uaa}`;
  };
  return { logins, found, keys, current: () => settings };
}

const uaa = 'https://other.example.com:8443';

test.each<[string, PersistentStore, PersistentStore, Partial<NewLogin>]>([
  ['from the keychain into a file', 'keychain', 'file', {}],
  ['from a file into the keychain', 'file', 'keychain', {}],
  ['to another installation', 'file', 'file', { uaa, api: 'https://other.example.com:9021' }],
  ['to another installation and store', 'file', 'keychain', { uaa, api: undefined }],
  ['of the same identity', 'keychain', 'keychain', {}],
])('a login that moves a context %s may end at any step', async (_how, from, to, changes) => {
  await withFolder(async (folder) => {
    const states = new Set<string>();
    let isWatching = false;
    const { logins, found, keys, current } = observedLogins(folder, async () => {
      if (isWatching) states.add(await found());
    });
    const login: NewLogin = { ...codySettings, name, pointer: 'current', ...changes };
    const before: NewLogin = { ...codySettings, name, pointer: 'current' };
    await (await logins.prepare(from)).save(before, tokenNamed('old'));

    isWatching = true;
    await (await logins.prepare(to)).save(login, tokenNamed('new'));
    expect([...states]).toEqual([`old for ${codySettings.uaa}`, `new for ${login.uaa}`]);

    expect([...keys[to].keys()]).toEqual([name]);
    if (from !== to) expect([...keys[from].keys()]).toEqual([]);
    expect(current().contexts[name]).not.toHaveProperty('otherStore');
  });
});

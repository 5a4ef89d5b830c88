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
import { withFolder } from '../../support/runner/temporary-folder.js';
import { codySettings } from '../../support/fixtures/fixtures.js';
import { Secret } from '../../../src/secret.js';
import { someSettings } from '../../support/fixtures/selections.js';

const name = 'work';

const createToken = (accessToken: string): Token => ({
  accessToken: new Secret(accessToken),
  scope: 'openid',
  lifetimeSeconds: 600,
  issuedAt: new Date('2026-11-25T10:00:00Z'),
  clockOffsetSeconds: 0,
});

/** Creates a login store that calls `onStep` before and after each write and each deletion. */
function createObservedStore(folder: string, onStep: () => Promise<void>) {
  let settings = someSettings();
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    await onStep();
    const result = await work();
    await onStep();
    return result;
  };
  const keys: Record<PersistentStore, Map<string, string>> = {
    keychain: new Map(),
    file: new Map(),
  };
  const openKeychain = (store: PersistentStore): Keychain => ({
    ...createMemoryKeychain(keys[store]),
    isShared: store === 'keychain',
  });
  const observeKeychain = (store: PersistentStore): Keychain => {
    const keychain = openKeychain(store);
    return {
      ...keychain,
      write: (account, key) => step(() => keychain.write(account, key)),
      remove: (account) => step(() => keychain.remove(account)),
    };
  };
  const createStore = (location: SessionLocation, keychain: Keychain) =>
    createSessionStore({
      context: name,
      sessionId: location.sessionId,
      directory: join(folder, 'sessions'),
      keychain,
      otherKeychain: location.otherStore && observeKeychain(location.otherStore),
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
    keychain: async (store) => observeKeychain(store),
    sessionStore: async (_name, location) => {
      const store = createStore(location, observeKeychain(location.store));
      return {
        ...store,
        reserve: async () => {
          const { write, release } = await store.reserve();
          return { release, write: (session) => step(() => write(session)) };
        },
        removeEarlierLogins: () => step(store.removeEarlierLogins),
      };
    },
    withLock: (_name, work) => work(),
    env: {},
    keysFolder: join(folder, 'keys'),
    osStoreName: 'OS keychain',
  });
  /** Describes the session that another command would use now, and the UAA it would be sent to. */
  const describeState = async (): Promise<string> => {
    const context = settings.contexts[name];
    if (context === undefined) return 'no context';
    const session = await createStore(context, openKeychain(context.store)).read();
    return `${session?.accessToken.reveal() ?? 'no session'} for ${context.uaa}`;
  };
  return { logins, describeState, keys, current: () => settings };
}

const uaa = 'https://other.example.com:8443';

test.each<[string, PersistentStore, PersistentStore, Partial<NewLogin>]>([
  ['from the keychain to a file', 'keychain', 'file', {}],
  ['from a file to the keychain', 'file', 'keychain', {}],
  ['to another installation', 'file', 'file', { uaa, api: 'https://other.example.com:9021' }],
  ['to another installation and store', 'file', 'keychain', { uaa, api: undefined }],
  ['to the same store and installation', 'keychain', 'keychain', {}],
])(
  'a login that moves a context %s can be interrupted at any step',
  async (_name, from, to, changes) => {
    await withFolder(async (folder) => {
      const states = new Set<string>();
      let isWatching = false;
      const { logins, describeState, keys, current } = createObservedStore(folder, async () => {
        if (isWatching) states.add(await describeState());
      });
      const login: NewLogin = { ...codySettings, name, role: 'pks', ...changes };
      const before: NewLogin = { ...codySettings, name, role: 'pks' };
      await (await logins.prepare(from)).save(before, createToken('old'));

      isWatching = true;
      await (await logins.prepare(to)).save(login, createToken('new'));
      expect([...states]).toEqual([`old for ${codySettings.uaa}`, `new for ${login.uaa}`]);

      const account = to === 'file' ? name : expect.stringMatching(/^work [0-9a-f]{16}$/);
      expect([...keys[to].keys()]).toEqual([account]);
      if (from !== to) expect([...keys[from].keys()]).toEqual([]);
      expect(current().contexts[name]).not.toHaveProperty('otherStore');
    });
  },
);

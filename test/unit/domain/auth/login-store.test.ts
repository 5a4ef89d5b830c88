import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { TpksError } from '../../../../src/base/errors.js';
import { Secret } from '../../../../src/base/secret.js';
import { createLoginStore, type NewLogin } from '../../../../src/domain/auth/login-store.js';
import { SessionFiles } from '../../../../src/domain/auth/session-files.js';
import {
  type PersistentStore,
  type SessionLocation,
  type SessionRepository,
} from '../../../../src/domain/auth/session-repository.js';
import type { Token } from '../../../../src/domain/auth/token.js';
import { readEnvironment } from '../../../../src/platform/config/environment.js';
import type {
  ContextSettings,
  Settings,
  SettingsFile,
} from '../../../../src/platform/config/settings.js';
import type { Keychain } from '../../../../src/platform/keychain/keychain.js';
import { withSecrets, type Plain } from '../../../support/checks/plain-tokens.js';
import { fakeSessions } from '../../../support/fakes/fake-sessions.js';
import { fakeSettings } from '../../../support/fakes/fake-settings.js';
import { codySettings } from '../../../support/fixtures/contexts-and-clusters.js';
import { jwt } from '../../../support/fixtures/jwt.js';
import { selecting, someSettings } from '../../../support/fixtures/selections.js';
import { createMemoryKeychain } from '../../../support/keychain/memory-keychain.js';
import { withFolder } from '../../../support/runner/temporary-folder.js';

interface Setup {
  readonly settings?: Partial<Settings>;
  readonly env?: NodeJS.ProcessEnv;
  /** The error if the store cannot be used. */
  readonly testError?: Error;
  readonly settingsError?: Error;
  /** Whether the key in the other store cannot be deleted. */
  readonly isKeyLeft?: boolean;
}

function createDeps(input: Setup = {}) {
  const { settings: initial, env = {}, testError, settingsError, isKeyLeft = false } = input;
  const fake = fakeSettings(initial);
  const settings =
    settingsError === undefined ? fake : { ...fake, read: () => Promise.reject(settingsError) };
  const tested: PersistentStore[] = [];
  const fakeRepository = fakeSessions();
  const locations: SessionLocation[] = [];
  const deletions: unknown[] = [];
  const logins = createLoginStore({
    settings,
    env,
    keysFolder: '/home/cody/.config/tpks/keys',
    osStoreName: 'OS keychain (Secret Service)',
    testStore: async (store) => {
      tested.push(store);
      if (testError !== undefined) throw testError;
    },
    sessions: {
      ...fakeRepository,
      save: (location, session) => {
        locations.push(location);
        return fakeRepository.save(location, session);
      },
      delete: async ({ store, otherStore }, current) => {
        deletions.push({ store, otherStore, current: current?.store });
        if (isKeyLeft) throw new TpksError('keychain', 'The keychain is locked');
        return true;
      },
    },
  });
  return { logins, settings: fake, sessions: fakeRepository, tested, locations, deletions };
}

const codyToken: Plain<Token> = {
  accessToken: jwt({ user_name: 'cody', origin: 'ldap' }),
  refreshToken: 'refresh',
  scope: 'openid',
  lifetimeSeconds: 600,
  issuedAt: new Date('2026-11-25T10:00:00Z'),
  clockOffsetSeconds: 3,
};
const login: NewLogin = {
  identity: 'cody',
  grant: 'password',
  clientId: 'pks_cli',
  api: codySettings.api,
  uaa: codySettings.uaa,
  skipTlsVerification: false,
  store: 'file',
  role: 'pks',
};

describe('test', () => {
  const locked = new TpksError('keychain', 'The Secret Service does not respond');
  const corrupt = new TpksError('failed', 'The configuration file is corrupt');

  test.each<[string, Setup, Error]>([
    ['an unusable store', { testError: locked }, locked],
    ['a corrupt configuration', { settingsError: corrupt }, corrupt],
  ])('fails with %s, before a secret is requested', async (_name, input, error) => {
    await expect(createDeps(input).logins.test('keychain')).rejects.toBe(error);
  });

  test.each(['', '   ', '__proto__', 'constructor'])(
    'rejects an invalid name of a context (%j) before the store is used',
    async (name) => {
      const { logins, tested } = createDeps();
      await expect(logins.test('keychain', name)).rejects.toMatchObject({ kind: 'usage' });
      expect(tested).toEqual([]);
    },
  );
});

describe('save', () => {
  async function save(changes: Partial<NewLogin> = {}, input: Setup = {}, token = codyToken) {
    const deps = createDeps(input);
    const saved = await deps.logins.save({ ...login, ...changes }, withSecrets(token));
    return { ...deps, saved };
  }

  test('stores the session and the context, and selects it for PKS commands', async () => {
    const { saved, settings, sessions, locations } = await save();
    expect(saved.name).toBe('cody@api.example.com');
    const contexts = { 'cody@api.example.com': { ...codySettings, origin: 'ldap' } };
    expect(settings.current()).toEqual(
      someSettings(selecting({ pks: 'cody@api.example.com' }, { contexts })),
    );
    expect(sessions.current('cody@api.example.com')).toEqual({
      accessToken: codyToken.accessToken,
      refreshToken: 'refresh',
      scope: 'openid',
      expiresAt: '2026-11-25T10:10:00.000Z',
      lifetimeSeconds: 600,
      clockOffsetSeconds: 3,
    });
    expect(locations).toMatchObject([{ name: 'cody@api.example.com', store: 'file' }]);
  });

  test('stores no origin for a user with an opaque token or for a client', async () => {
    const user = await save({}, {}, { ...codyToken, accessToken: 'opaque' });
    const client = { grant: 'client_credentials', identity: 'ci', clientId: 'ci' } as const;
    const { saved } = await save(client);
    expect(saved.name).toBe('ci@api.example.com');
    expect([user.saved.context.origin, saved.context.origin]).toEqual([undefined, undefined]);
  });

  test('stores the secret of a client only on request', async () => {
    const secret = new Secret('s3cret');
    const context = 'cody@api.example.com';
    expect((await save()).sessions.current(context)?.clientSecret).toBeUndefined();
    const withSecret = await save({ clientSecret: secret });
    expect(withSecret.sessions.current(context)?.clientSecret).toBe('s3cret');
  });

  test('uses the given name, even if another identity has it', async () => {
    const settings = { contexts: { work: { ...codySettings, identity: 'naomi' } } };
    const { saved, settings: updated } = await save({ name: 'work' }, { settings });
    expect(saved.name).toBe('work');
    expect(updated.current().contexts).toEqual({
      work: { ...codySettings, origin: 'ldap', sessionId: expect.stringMatching(/^[0-9a-f]{16}$/) },
    });
  });

  test('selects the installation and the context for tpks uaa', async () => {
    const other = { ...codySettings, uaa: 'https://other.example.com:8443' };
    const settings = selecting({ pks: 'other' }, { contexts: { other } });
    const { settings: updated } = await save({ role: 'uaa' }, { settings });
    expect(updated.current().selections.tpks).toEqual({
      uaa: codySettings.uaa,
      identities: {
        [other.uaa]: { pks: 'other' },
        [codySettings.uaa]: { uaa: 'cody@api.example.com' },
      },
      previous: 'other',
    });
  });

  test('keeps the API that an earlier login at the same UAA stored', async () => {
    const { saved, settings } = await save(
      { role: 'uaa', api: undefined },
      { settings: { contexts: { work: { ...codySettings, origin: 'ldap' } } } },
    );
    expect(saved).toMatchObject({ name: 'work', context: { api: codySettings.api } });
    // The same file, because a parallel command may be about to read it.
    expect(saved.context.sessionId).toBeUndefined();
    const others = [{ identity: 'naomi' }, { skipTlsVerification: true }];
    for (const other of others) {
      const changed = { ...other, role: 'uaa', api: undefined, name: 'work' } as const;
      const { saved: replaced } = await save(changed, { settings: settings.current() });
      expect(replaced.context.api).toBeUndefined();
    }
    const elsewhere = { api: undefined, uaa: 'https://uaa.example.com', name: 'work' };
    const moved = await save(elsewhere, { settings: settings.current() });
    expect(moved.saved.context.api).toBeUndefined();
  });

  test('deletes the key in the old store when the store changes', async () => {
    const context = { ...codySettings, origin: 'ldap', store: 'keychain' } as const;
    const settings = { contexts: { 'cody@api.example.com': context } };
    const { saved, locations, deletions, settings: updated } = await save({}, { settings });
    expect(saved.context.store).toBe('file');
    expect(locations).toMatchObject([{ store: 'file', sessionId: expect.any(String) }]);
    expect(deletions).toEqual([{ store: 'keychain', otherStore: undefined, current: 'file' }]);
    expect(updated.current().contexts['cody@api.example.com']).not.toHaveProperty('otherStore');
  });

  test('remembers the old store until its key can be deleted', async () => {
    const context = { ...codySettings, origin: 'ldap', store: 'keychain' } as const;
    const settings = { contexts: { 'cody@api.example.com': context } };
    const { settings: updated } = await save({}, { settings, isKeyLeft: true });
    const stored = updated.current().contexts['cody@api.example.com'];
    expect(stored).toMatchObject({ store: 'file', otherStore: 'keychain' });
    const nextLogin = await save({}, { settings: updated.current() });
    expect(nextLogin.deletions).toEqual([
      { store: 'file', otherStore: 'keychain', current: 'file' },
    ]);
    expect(nextLogin.saved.context.sessionId).toBe(stored?.sessionId);
    const cleaned = nextLogin.settings.current().contexts['cody@api.example.com'];
    expect(cleaned).not.toHaveProperty('otherStore');
  });

  test('does not replace a context that another process has created with the chosen name', async () => {
    const { logins, settings, sessions } = createDeps();
    const taken = { ...codySettings, clientId: 'other' };
    const { update } = settings;
    Object.assign(settings, {
      update: async (change: Parameters<SettingsFile['update']>[0]) => {
        await update((now) => ({ ...now, contexts: { 'cody@api.example.com': taken } }));
        return update(change);
      },
    });
    await expect(logins.save(login, withSecrets(codyToken))).rejects.toMatchObject({
      kind: 'conflict',
    });
    expect(settings.current().contexts).toEqual({ 'cody@api.example.com': taken });
    expect(sessions.current('cody@api.example.com')).toBeUndefined();
  });
});

describe('the selected store', () => {
  const selectStore = (
    flag: string | undefined,
    env: NodeJS.ProcessEnv = {},
    existing?: ContextSettings,
  ) => createDeps({ env: readEnvironment(env) }).logins.selectStore(flag, existing);

  test('comes from the flag, then the variable, then the updated context, then the keychain', async () => {
    expect(await selectStore('file', { TPKS_STORE: 'keychain' })).toBe('file');
    expect(await selectStore(undefined, { TPKS_STORE: 'file' })).toBe('file');
    expect(await selectStore(undefined, {}, codySettings)).toBe('file');
    expect(await selectStore('keychain', {}, codySettings)).toBe('keychain');
    expect(await selectStore(undefined)).toBe('keychain');
  });

  test.each(['none', 'File', 'disk'])('cannot be %j', async (store) => {
    await expect(selectStore(undefined, { TPKS_STORE: store })).rejects.toMatchObject({
      kind: 'usage',
      hint: expect.any(String),
    });
  });
});

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
  const openFiles = (keychainOf: (store: PersistentStore) => Keychain) =>
    new SessionFiles({
      directory: join(folder, 'sessions'),
      keychains: { keychain: keychainOf('keychain'), file: keychainOf('file') },
      withLockFile: (_path, work) => work(),
    });
  const observedFiles = openFiles(observeKeychain);
  const sessions: SessionRepository = {
    load: (location) => observedFiles.load(location),
    save: (location, session) => step(() => observedFiles.save(location, session)),
    move: (from, to, commit) => observedFiles.move(from, to, commit),
    delete: (location, current) => step(() => observedFiles.delete(location, current)),
  };
  const file: SettingsFile = {
    read: async () => settings,
    update: async (change) => {
      const write = (next: Settings) => step(async () => void (settings = next));
      await write(await change(settings, write));
      return settings;
    },
  };
  const logins = createLoginStore({
    settings: file,
    sessions,
    testStore: () => Promise.resolve(),
    env: {},
    keysFolder: join(folder, 'keys'),
    osStoreName: 'OS keychain',
  });
  /** Describes the session that another command would use now, and the UAA it would be sent to. */
  const describeState = async (): Promise<string> => {
    const context = settings.contexts[name];
    if (context === undefined) return 'no context';
    const session = await openFiles(openKeychain).load({ ...context, name });
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
      await logins.save({ ...before, store: from }, createToken('old'));

      isWatching = true;
      await logins.save({ ...login, store: to }, createToken('new'));
      expect([...states]).toEqual([`old for ${codySettings.uaa}`, `new for ${login.uaa}`]);

      const account = to === 'file' ? name : expect.stringMatching(/^work [0-9a-f]{16}$/);
      expect([...keys[to].keys()]).toEqual([account]);
      if (from !== to) expect([...keys[from].keys()]).toEqual([]);
      expect(current().contexts[name]).not.toHaveProperty('otherStore');
    });
  },
);

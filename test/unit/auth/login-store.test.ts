import { describe, expect, test } from '@jest/globals';
import type { Token } from '../../../src/auth/token.js';
import {
  createLoginStore,
  type PersistentStore,
  type NewLogin,
} from '../../../src/auth/login-store.js';
import { readEnvironment } from '../../../src/config/environment.js';
import type { ContextSettings, Settings } from '../../../src/config/settings.js';
import { TpksError } from '../../../src/errors.js';
import type { Keychain } from '../../../src/keychain/keychain.js';
import { Secret } from '../../../src/secret.js';
import { fakeSettings } from '../../support/fake-settings.js';
import { fakeStore, type FakeStore } from '../../support/fake-store.js';
import { jwt } from '../../support/jwt.js';
import { codySettings } from '../../support/fixtures.js';
import { withSecrets, type Plain } from '../../support/plain-tokens.js';

interface Circumstances {
  readonly settings?: Partial<Settings>;
  readonly env?: NodeJS.ProcessEnv;
  /** Why the keychain cannot be used. */
  readonly probeError?: Error;
  readonly settingsError?: Error;
  /** Why the new session's disk has no room. */
  readonly refusal?: Error;
  /** Why an old key cannot be deleted. */
  readonly removeError?: Error;
}

function circumstances(input: Circumstances = {}) {
  const { settings: first, env = {}, probeError, settingsError, refusal } = input;
  const fake = fakeSettings(first);
  const settings =
    settingsError === undefined ? fake : { ...fake, read: () => Promise.reject(settingsError) };
  const probed: PersistentStore[] = [];
  const unused = () => Promise.reject(new Error('not used'));
  const keychain = async (store: PersistentStore): Promise<Keychain> => ({
    probe: async () => {
      probed.push(store);
      if (probeError !== undefined) throw probeError;
    },
    read: unused,
    write: unused,
    remove: async (name) => {
      if (input.removeError !== undefined) throw input.removeError;
      removedKeys.push(`${store} ${name}`);
      return true;
    },
  });
  const removedKeys: string[] = [];
  const stores = new Map<string, FakeStore>();
  const locked: string[] = [];
  const logins = createLoginStore({
    settings,
    keychain,
    env,
    keysFolder: '/home/cody/.config/tpks/keys',
    osStoreName: 'OS keychain (Secret Service)',
    withLock: (name, work) => {
      locked.push(name);
      return work();
    },
    sessionStore: async (name, { store, sessionId }) => {
      const key = `${store} ${name}${sessionId === undefined ? '' : ' (new file)'}`;
      const found = stores.get(key) ?? fakeStore(undefined, refusal);
      stores.set(key, found);
      return found;
    },
  });
  return { logins, settings: fake, stores, probed, locked, removedKeys };
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
  pointer: 'current',
};

describe('prepare', () => {
  test('probes the store, and takes and gives back room', async () => {
    const { logins, probed, stores } = circumstances();
    await logins.prepare('keychain');
    expect(probed).toEqual(['keychain']);
    expect(stores.get('keychain ')?.did).toEqual(['reserve', 'release']);
  });

  const keychain = new TpksError('keychain', 'No Secret Service answers');
  const full = new TpksError('storage', 'no space left on device');
  const corrupt = new TpksError('failed', 'The configuration file is corrupt');

  test.each<[string, Circumstances, Error]>([
    ['no usable keychain', { probeError: keychain }, keychain],
    ['a full disk', { refusal: full }, full],
    ['a corrupt configuration', { settingsError: corrupt }, corrupt],
  ])('fails on %s, before a secret is asked for', async (_name, input, error) => {
    await expect(circumstances(input).logins.prepare('keychain')).rejects.toBe(error);
  });
});

test.each(['', '   ', '__proto__', 'constructor'])(
  'a name that no context can have (%j) is refused before the store is touched',
  async (name) => {
    const { logins, probed } = circumstances();
    await expect(logins.prepare('keychain', name)).rejects.toMatchObject({ kind: 'usage' });
    expect(probed).toEqual([]);
  },
);

describe('save', () => {
  async function save(
    changes: Partial<NewLogin> = {},
    input: Circumstances = {},
    token = codyToken,
  ) {
    const all = circumstances(input);
    const prepared = await all.logins.prepare('file');
    return { ...all, saved: await prepared.save({ ...login, ...changes }, withSecrets(token)) };
  }

  test('stores session and context, and moves the pointer', async () => {
    const { saved, settings, stores, locked } = await save();
    expect(saved.name).toBe('cody@api.example.com');
    expect(settings.current()).toEqual({
      version: 1,
      targets: [],
      current: 'cody@api.example.com',
      contexts: {
        'cody@api.example.com': { ...codySettings, origin: 'ldap' },
      },
    });
    expect(stores.get('file cody@api.example.com')?.current()).toEqual({
      accessToken: codyToken.accessToken,
      refreshToken: 'refresh',
      scope: 'openid',
      expiresAt: '2026-11-25T10:10:00.000Z',
      lifetimeSeconds: 600,
      clockOffsetSeconds: 3,
    });
    expect(locked).toEqual(['cody@api.example.com']);
  });

  test('knows no origin of a user with an opaque token, and of a client', async () => {
    const user = await save({}, {}, { ...codyToken, accessToken: 'opaque' });
    const client = { grant: 'client_credentials', identity: 'ci', clientId: 'ci' } as const;
    const { saved } = await save(client);
    expect(saved.name).toBe('ci@api.example.com');
    expect([user.saved.context.origin, saved.context.origin]).toEqual([undefined, undefined]);
  });

  test('keeps a client’s secret only when told to', async () => {
    const secret = new Secret('s3cret');
    const store = 'file cody@api.example.com';
    expect((await save()).stores.get(store)?.current()?.clientSecret).toBeUndefined();
    const kept = await save({ clientSecret: secret });
    expect(kept.stores.get(store)?.current()?.clientSecret).toBe('s3cret');
  });

  test('takes the name that was chosen, also from somebody else', async () => {
    const settings = { contexts: { work: { ...codySettings, identity: 'naomi' } } };
    const { saved, settings: after } = await save({ name: 'work' }, { settings });
    expect(saved.name).toBe('work');
    expect(after.current().contexts).toEqual({
      work: { ...codySettings, origin: 'ldap', sessionId: expect.stringMatching(/^[0-9a-f]{16}$/) },
    });
  });

  test('moves the pointer of the uaa commands, with their target', async () => {
    const settings = { current: 'other', contexts: { other: codySettings } };
    const { settings: after } = await save({ pointer: 'currentUaa' }, { settings });
    expect(after.current()).toMatchObject({
      current: 'other',
      currentUaa: 'cody@api.example.com',
      uaaTarget: codySettings.uaa,
    });
  });

  test('into another store deletes the key in the old one', async () => {
    const context = { ...codySettings, origin: 'ldap', store: 'keychain' } as const;
    const settings = { contexts: { 'cody@api.example.com': context } };
    const { saved, stores, removedKeys, settings: after } = await save({}, { settings });
    expect(saved.context.store).toBe('file');
    const store = stores.get('file cody@api.example.com (new file)');
    expect(store?.did).toEqual(['reserve', 'write', 'release', 'removeEarlier']);
    expect(removedKeys).toEqual(['keychain cody@api.example.com']);
    expect(after.current().contexts['cody@api.example.com']).not.toHaveProperty('otherStore');
  });

  test('remembers the old store as long as its key cannot be deleted', async () => {
    const context = { ...codySettings, origin: 'ldap', store: 'keychain' } as const;
    const settings = { contexts: { 'cody@api.example.com': context } };
    const removeError = new TpksError('keychain', 'The keyring is locked');
    const { settings: after } = await save({}, { settings, removeError });
    const stored = after.current().contexts['cody@api.example.com'];
    expect(stored).toMatchObject({ store: 'file', otherStore: 'keychain' });
    const again = await save({}, { settings: after.current() });
    expect(again.removedKeys).toEqual(['keychain cody@api.example.com']);
    expect(again.saved.context.sessionId).toBe(stored?.sessionId);
    const cleaned = again.settings.current().contexts['cody@api.example.com'];
    expect(cleaned).not.toHaveProperty('otherStore');
  });

  test('replaces the session of the same identity, without what was kept of it', async () => {
    const all = circumstances();
    const prepared = await all.logins.prepare('file');
    await prepared.save({ ...login, clientSecret: new Secret('s3cret') }, withSecrets(codyToken));
    const store = all.stores.get('file cody@api.example.com');
    store?.put({ ...store.current()!, refreshRejectedAt: '2026-11-25T10:00:00Z' });
    await prepared.save(login, withSecrets(codyToken));
    expect(store?.current()).not.toHaveProperty('refreshRejectedAt');
    expect(store?.current()?.clientSecret).toBeUndefined();
    expect(Object.keys(all.settings.current().contexts)).toEqual(['cody@api.example.com']);
  });
});

describe('the store in force', () => {
  const lasting = (
    flag: string | undefined,
    env: NodeJS.ProcessEnv = {},
    renewed?: ContextSettings,
  ) => circumstances({ env: readEnvironment(env) }).logins.selectStore(flag, renewed);

  test('is that of the flag, of the variable, of the renewed context, or the keychain', () => {
    expect(lasting('file', { TPKS_STORE: 'keychain' })).toBe('file');
    expect(lasting(undefined, { TPKS_STORE: 'file' })).toBe('file');
    expect(lasting(undefined, {}, codySettings)).toBe('file');
    expect(lasting('keychain', {}, codySettings)).toBe('keychain');
    expect(lasting(undefined)).toBe('keychain');
  });

  test.each(['none', 'File', 'disk'])('cannot be %j', (word) => {
    expect(() => lasting(undefined, { TPKS_STORE: word })).toThrow(
      expect.objectContaining({ kind: 'usage', hint: expect.any(String) }),
    );
  });

  test('is described to people', () => {
    const { describe: words } = circumstances().logins;
    expect(words('keychain')).toBe('OS keychain (Secret Service)');
    expect(words('file')).toBe(
      'file, not the keychain: anyone who can read /home/cody/.config/tpks/keys can use the session',
    );
    expect(words('none')).toBe('memory, for this command only');
  });
});

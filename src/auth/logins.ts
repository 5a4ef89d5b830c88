import type { ContextSettings, Settings, SettingsFile } from '../config/settings.js';
import { isTpksError, TpksError } from '../errors.js';
import type { Keychain, StoreKind } from '../keychain/keychain.js';
import type { Secret } from '../secret.js';
import { claims, textClaim } from './claims.js';
import { checkContextName, defaultName } from './context-name.js';
import type { Token } from './token.js';
import { toStored } from './session.js';
import type { SessionStore } from './session-file.js';

/** Stores that outlive the run. */
export type LastingStore = Exclude<StoreKind, 'none'>;

export interface NewLogin extends Omit<ContextSettings, 'identity' | 'origin' | 'store'> {
  /** Used where the token does not say who it is for (opaque tokens). */
  readonly identity: string;
  /** `login --name`; default `IDENTITY@HOST`, with more of the identity where that is taken. */
  readonly name?: string | undefined;
  /** Kept beside the tokens, after `--save-secret` alone. */
  readonly clientSecret?: Secret | undefined;
  /** Which pointer follows the login. */
  readonly makeCurrent: 'current' | 'currentUaa';
}

/** A login that can no longer fail for want of a store: ask for the password now. */
export interface PreparedLogin {
  /**
   * Stores the session and the context, and moves the pointer.
   * @throws {TpksError} `keychain`, `failed`
   */
  readonly save: (login: NewLogin, token: Token) => Promise<SavedLogin>;
}

export interface SavedLogin {
  readonly name: string;
  readonly context: ContextSettings;
}

/** Beginning sessions, and knowing where they are kept. */
export interface Logins {
  /**
   * Probes the store before anything secret is asked for.
   * @param name - `--name`, if it was given.
   * @throws {TpksError} `keychain`; `usage` for a name that no context can have.
   */
  readonly prepare: (store: LastingStore, name?: string) => Promise<PreparedLogin>;
  /**
   * The store in force: `--store`, then `TPKS_STORE`, then the keychain.
   * @throws {TpksError} `usage` for a word that is none, and for `none`: a login is there to last.
   */
  readonly lastingStore: (flag: string | undefined) => LastingStore;
  /** Where a store keeps things, for people. */
  readonly describe: (store: StoreKind) => string;
}

export interface LoginsDeps {
  readonly settings: SettingsFile;
  readonly keychain: (store: LastingStore) => Promise<Keychain>;
  readonly sessionStore: (name: string, store: LastingStore) => Promise<SessionStore>;
  /** Keeps a refresh of that context from getting in between. */
  readonly exclusively: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  readonly env: NodeJS.ProcessEnv;
  /** Folder of the key files. */
  readonly keysFolder: string;
  readonly osStoreName: string;
}

export function createLogins(deps: LoginsDeps): Logins {
  const { settings, keychain, sessionStore, env } = deps;
  return {
    prepare: async (store, name) => {
      if (name !== undefined) checkContextName(name);
      await settings.read();
      await (await keychain(store)).probe();
      await (await (await sessionStore('', store)).reserve()).release();
      return { save: (login, token) => save(deps, store, login, token) };
    },
    lastingStore: (flag) => toLasting(flag ?? (env['TPKS_STORE'] || 'keychain')),
    describe: (store) =>
      store === 'keychain'
        ? deps.osStoreName
        : store === 'file'
          ? `file, not the keychain: whoever can read ${deps.keysFolder} can use the session`
          : 'nowhere (in memory, for this run alone)',
  };
}

function toLasting(word: string): LastingStore {
  if (word === 'keychain' || word === 'file') return word;
  if (word === 'none') {
    throw new TpksError('usage', 'A login with the store "none" would keep nothing', {
      hint: 'set TPKS_API and credentials in the environment and run the command itself: no login is needed',
    });
  }
  throw new TpksError('usage', `${JSON.stringify(word)} is not a store`, {
    hint: 'use --store keychain or --store file (or TPKS_STORE)',
  });
}

async function save(
  deps: LoginsDeps,
  store: LastingStore,
  login: NewLogin,
  token: Token,
): Promise<SavedLogin> {
  const { name: wanted, clientSecret, makeCurrent, ...target } = login;
  // An opaque token says nothing; the id_token beside it does.
  const said = claims(token.accessToken) ?? claims(token.idToken ?? '');
  const isClient = target.grant === 'client_credentials';
  const identity = isClient ? login.identity : (textClaim(said, 'user_name') ?? login.identity);
  const origin = isClient ? undefined : textClaim(said, 'origin');
  let name = '';
  const context: ContextSettings = { ...target, identity, origin, store };
  await deps.settings.update(async (settings) => {
    name = wanted ?? defaultName(context, settings.contexts);
    await removeFromOtherStore(deps, settings, name, store);
    await deps.exclusively(name, async () => {
      const reservation = await (await deps.sessionStore(name, store)).reserve();
      try {
        await reservation.write(toStored(token, { clientSecret: clientSecret?.open() }));
      } finally {
        await reservation.release();
      }
    });
    return {
      ...settings,
      [makeCurrent]: name,
      ...(makeCurrent === 'currentUaa' ? { uaaTarget: context.uaa } : {}),
      contexts: { ...settings.contexts, [name]: context },
    };
  });
  return { name, context };
}

/** A login into another store must not leave the old session behind. */
async function removeFromOtherStore(
  { sessionStore }: LoginsDeps,
  { contexts }: Settings,
  name: string,
  store: LastingStore,
): Promise<void> {
  const old = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (old === undefined || old.store === store) return;
  try {
    await (await sessionStore(name, old.store)).remove();
  } catch (error) {
    // The keychain it lay in may be the very one that no longer works. The session file is gone by
    // now, and without it the key that stays behind opens nothing.
    if (!isTpksError(error) || error.kind !== 'keychain') throw error;
  }
}

import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Environment } from '../config/environment.js';
import type { ContextSettings, Settings, SettingsFile } from '../config/settings.js';
import { isStoreError, TpksError } from '../errors.js';
import { ownValue } from '../own-value.js';
import type { Keychain, StoreKind } from '../keychain/keychain.js';
import type { Secret } from '../secret.js';
import { claims, textClaim } from './claims.js';
import {
  checkContextName,
  contextOf,
  defaultName,
  type ContextKey,
} from '../contexts/context-name.js';
import type { Token } from './token.js';
import { toStoredSession } from './session.js';
import type { SessionPlace, SessionStore } from './session-file.js';

/** Stores that outlive the run. */
export type LastingStore = Exclude<StoreKind, 'none'>;

export interface NewLogin extends Omit<
  ContextSettings,
  'identity' | 'origin' | 'store' | 'sessionId' | 'otherStore'
> {
  /** The user or the client. */
  readonly identity: string;
  /** `login --name`; default `IDENTITY@HOST`, with more of the identity where that is taken. */
  readonly name?: string | undefined;
  /** Kept beside the tokens, after `--save-secret` alone. */
  readonly clientSecret?: Secret | undefined;
  /** Which pointer follows the login. */
  readonly pointer: 'current' | 'currentUaa';
}

/** A login whose store has been tested, so that the password can be asked for. */
export interface PreparedLogin {
  /**
   * Stores the session and the context, and moves the pointer.
   * @throws {TpksError} `keychain`, `storage`, `failed`
   */
  readonly save: (login: NewLogin, token: Token) => Promise<SavedLogin>;
}

export interface SavedLogin {
  readonly name: string;
  readonly context: ContextSettings;
}

/** Stores the sessions of new logins. */
export interface LoginStore {
  /**
   * Probes the store before anything secret is asked for.
   * @param name - `--name`, if it was given.
   * @throws {TpksError} `keychain` or `storage`; `usage` for a name that no context can have.
   */
  readonly prepare: (store: LastingStore, name?: string) => Promise<PreparedLogin>;
  /**
   * The stored context that a login renews.
   * @param name - `--name`, or the context to renew; otherwise the one of the identity.
   */
  readonly find: (
    name: string | undefined,
    key: ContextKey | undefined,
  ) => Promise<ContextSettings | undefined>;
  /**
   * The store to use: `--store`, then `TPKS_STORE`, then that of the renewed context, then the
   * keychain.
   * @throws {TpksError} `usage` for an unknown store, and for `none`, which stores nothing.
   */
  readonly selectStore: (
    flag: string | undefined,
    renewed: ContextSettings | undefined,
  ) => LastingStore;
  /** Describes to the user where a store keeps sessions. */
  readonly describe: (store: StoreKind) => string;
}

export interface LoginStoreDeps {
  readonly settings: SettingsFile;
  readonly keychain: (store: LastingStore) => Promise<Keychain>;
  readonly sessionStore: (name: string, place: SessionPlace) => Promise<SessionStore>;
  /** Keeps a refresh of that context from getting in between. */
  readonly exclusively: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  readonly env: Environment;
  /** Folder of the key files. */
  readonly keysFolder: string;
  readonly osStoreName: string;
}

export function createLoginStore(deps: LoginStoreDeps): LoginStore {
  const { settings, keychain, sessionStore, env } = deps;
  return {
    prepare: async (store, name) => {
      if (name !== undefined) checkContextName(name);
      await settings.read();
      await (await keychain(store)).probe();
      await (await (await sessionStore('', { store })).reserve()).release();
      return { save: (login, token) => save(deps, store, login, token) };
    },
    find: async (name, key) => {
      const { contexts, current } = await settings.read();
      const found = name ?? (key && contextOf(key, contexts, current));
      return found === undefined ? undefined : ownValue(contexts, found);
    },
    selectStore: (flag, renewed) =>
      parseStore(flag ?? env.TPKS_STORE ?? renewed?.store ?? 'keychain'),
    describe: (store) =>
      store === 'keychain'
        ? deps.osStoreName
        : store === 'file'
          ? `file, not the keychain: whoever can read ${deps.keysFolder} can use the session`
          : 'nowhere (in memory, for this run alone)',
  };
}

function parseStore(word: string): LastingStore {
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
  deps: LoginStoreDeps,
  store: LastingStore,
  login: NewLogin,
  token: Token,
): Promise<SavedLogin> {
  const { name: wanted, clientSecret, pointer: makeCurrent, ...target } = login;
  const origin = originOf(token);
  let name = '';
  const { grant, isPublicClient, ...common } = { ...target, store };
  let context: ContextSettings =
    grant === 'client_credentials'
      ? { ...common, grant }
      : { ...common, grant, origin, isPublicClient };
  await deps.settings.update(async (settings, write) => {
    const { contexts, [makeCurrent]: preferred } = settings;
    name = wanted ?? contextOf(context, contexts, preferred) ?? defaultName(context, contexts);
    const old = ownValue(settings.contexts, name);
    const sessionId = chooseSessionId(context, old);
    const otherStore = old === undefined ? undefined : otherStoreOf(old, store);
    const place = { store, ...(sessionId === undefined ? {} : { sessionId }) };
    const withContext = (base: Settings, next: ContextSettings): Settings => ({
      ...base,
      contexts: { ...base.contexts, [name]: next },
    });
    // The old session stays in use until the settings below name the new one. `otherStore` is written
    // first, so that a logout also cleans up the new store if this process is killed.
    if (old !== undefined && old.store !== store) {
      await write(withContext(settings, { ...old, otherStore: store }));
    }
    const session = await deps.sessionStore(name, place);
    await deps.exclusively(name, async () => {
      const reservation = await session.reserve();
      try {
        await reservation.write(toStoredSession(token, { clientSecret }));
      } finally {
        await reservation.release();
      }
    });
    context = { ...context, ...place };
    const next = {
      ...settings,
      [makeCurrent]: name,
      ...(makeCurrent === 'currentUaa' ? { uaaTarget: context.uaa } : {}),
    };
    if (old === undefined) return withContext(next, context);
    await write(withContext(next, otherStore === undefined ? context : { ...context, otherStore }));
    await deps.exclusively(name, session.removeEarlierFiles);
    const isKeyLeft = otherStore !== undefined && !(await removeKey(deps, name, otherStore));
    return withContext(next, isKeyLeft ? { ...context, otherStore } : context);
  });
  return { name, context };
}

/** The identity provider of a user. An opaque token has no claims, but the id token may name it. */
export function originOf({ accessToken, idToken }: Token): string | undefined {
  return textClaim(claims(accessToken) ?? (idToken && claims(idToken)), 'origin');
}

/**
 * A login that changes the settings of a context gets a new session file. If it shared the old one
 * and was killed before `config.json` was written, the new session would be used with the old
 * settings: with the wrong store, or even at the wrong server.
 */
function chooseSessionId(context: ContextSettings, old: ContextSettings | undefined) {
  if (old === undefined) return undefined;
  const settings = { ...old, sessionId: undefined, otherStore: undefined };
  return isDeepStrictEqual(toStoredSettings(settings), toStoredSettings(context))
    ? old.sessionId
    : randomBytes(8).toString('hex');
}

/** JSON drops undefined members, so both sides are compared without them. */
function toStoredSettings(settings: object): unknown {
  return JSON.parse(JSON.stringify(settings));
}

/** The store that may contain an old key, unless it is the store of the new login. */
function otherStoreOf(old: ContextSettings, store: LastingStore): LastingStore | undefined {
  return [old.store, old.otherStore].find((one) => one !== undefined && one !== store);
}

/** @returns `false` if the store could not delete the key, which no longer decrypts anything. */
async function removeKey(
  { keychain }: LoginStoreDeps,
  name: string,
  store: LastingStore,
): Promise<boolean> {
  try {
    await (await keychain(store)).remove(name);
    return true;
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return false;
  }
}

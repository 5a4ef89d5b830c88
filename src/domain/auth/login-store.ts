import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import type { Secret } from '../../base/secret.js';
import type { Environment } from '../../platform/config/environment.js';
import type {
  Role,
  ContextSettings,
  Settings,
  SettingsFile,
} from '../../platform/config/settings.js';
import type { Keychain, StoreKind } from '../../platform/keychain/keychain.js';
import {
  checkContextName,
  findMatchingContext,
  createDefaultName,
  hasKey,
  type ContextKey,
} from '../contexts/context.js';
import { select } from '../contexts/current-installation.js';
import { readClaims, readTextClaim } from './claims.js';
import { writeSession, type SessionLocation, type SessionStore } from './session-file.js';
import { toStoredSession } from './session.js';
import type { Token } from './token.js';

/** A store that keeps sessions after the command has ended. */
export type PersistentStore = Exclude<StoreKind, 'none'>;

export interface NewLogin extends Omit<
  ContextSettings,
  'identity' | 'origin' | 'store' | 'sessionId' | 'otherStore' | 'pksCreds'
> {
  /** Name of the user or id of the client. */
  readonly identity: string;
  /** `login --name`; default: `IDENTITY@HOST`, with more details if that name is already used. */
  readonly name?: string | undefined;
  /** Stored with the tokens; set only with `--save-secret`. */
  readonly clientSecret?: Secret | undefined;
  /** The role that uses the new context from now on; `undefined` selects nothing. */
  readonly role: Role | undefined;
  /** Fails with `conflict` if a context with this name exists, e.g. because another process created it. */
  readonly mustBeNew?: boolean | undefined;
}

export interface SavedLogin {
  readonly name: string;
  readonly context: ContextSettings;
}

export interface LoginStoreDeps {
  readonly settings: SettingsFile;
  readonly keychain: (store: PersistentStore) => Promise<Keychain>;
  readonly sessionStore: (name: string, location: SessionLocation) => Promise<SessionStore>;
  /** Runs the work while no other process renews the token of that context. */
  readonly withLock: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  readonly env: Environment;
  /** Folder of the key files. */
  readonly keysFolder: string;
  readonly osStoreName: string;
}

export type LoginStore = ReturnType<typeof createLoginStore>;

/** Stores the sessions of new logins. */
export function createLoginStore(deps: LoginStoreDeps) {
  const { settings, keychain, sessionStore, env } = deps;
  return {
    /**
     * Tests the store before the user is prompted for a secret.
     * @param name - `--name`, if it was given.
     * @throws {TpksError} `keychain` or `storage`; `usage` for an invalid context name.
     */
    prepare: async (store: PersistentStore, name?: string) => {
      if (name !== undefined) checkContextName(name);
      await settings.read();
      await (await keychain(store)).probe();
      await (await (await sessionStore('', { store })).reserve()).release();
      return {
        /**
         * Stores the session and the context, and makes it the current context.
         * @throws {TpksError} `keychain`, `storage`, `failed`; `conflict` with `mustBeNew`
         */
        save: (login: NewLogin, token: Token) => save(deps, store, login, token),
      };
    },
    /**
     * Finds the stored context that a login renews.
     * @param name - `--name`, or the context to renew; `undefined` for the context of the identity.
     * @param key - the identity; `undefined` if it is not known yet.
     */
    find: async (name: string | undefined, key: ContextKey | undefined) => {
      const current = await settings.read();
      const { contexts } = current;
      const contextName = name ?? (key && findMatchingContext(key, current));
      return contextName === undefined ? undefined : getOwnValue(contexts, contextName);
    },
    /**
     * Selects the store: `--store`, then `TPKS_STORE`, then the store of the renewed context, then the
     * keychain.
     * @throws {TpksError} `usage` for an unknown store, and for `none`, which stores nothing.
     */
    selectStore: (flag: string | undefined, renewed: ContextSettings | undefined) =>
      selectStore(flag, env.TPKS_STORE, renewed?.store),
    /** Describes for the user where a store keeps sessions. */
    describe: (store: StoreKind) =>
      store === 'keychain'
        ? deps.osStoreName
        : store === 'file'
          ? `file, not the keychain: anyone who can read ${deps.keysFolder} can use the session`
          : 'memory, for this command only',
  };
}

/** @param names - in the order of precedence; the keychain is the last. @see LoginStore.selectStore */
export function selectStore(...names: readonly (string | undefined)[]): PersistentStore {
  const name = names.find((each) => each !== undefined) ?? 'keychain';
  if (name === 'keychain' || name === 'file') return name;
  if (name === 'none') {
    throw new TpksError('usage', 'Cannot log in with the store none: it stores nothing', {
      hint: 'to use tpks without logging in, set TPKS_API and credentials in the environment',
    });
  }
  throw new TpksError('usage', `Unknown store: ${name} (choose from keychain, file)`, {
    hint: 'use --store keychain or --store file, or set TPKS_STORE',
  });
}

async function save(
  deps: LoginStoreDeps,
  store: PersistentStore,
  login: NewLogin,
  token: Token,
): Promise<SavedLogin> {
  const { name: requestedName, clientSecret, role, mustBeNew = false, ...loginSettings } = login;
  const origin = originOf(token);
  let name = '';
  const { grant, isPublicClient, ...common } = { ...loginSettings, store };
  let context: ContextSettings =
    grant === 'client_credentials'
      ? { ...common, grant }
      : { ...common, grant, origin, isPublicClient };
  await deps.settings.update(async (settings, write) => {
    const { contexts } = settings;
    name =
      requestedName ??
      findMatchingContext(context, settings) ??
      createDefaultName(context, contexts);
    const old = getOwnValue(settings.contexts, name);
    if (mustBeNew && old !== undefined) throw existingContextError(name);
    context = { ...context, api: context.api ?? findConfirmedApi(old, context) };
    const sessionId = chooseSessionId(context, old);
    const otherStore = old === undefined ? undefined : otherStoreOf(old, store);
    const location = { store, ...(sessionId === undefined ? {} : { sessionId }) };
    const withContext = (base: Settings, next: ContextSettings): Settings => ({
      ...base,
      contexts: { ...base.contexts, [name]: next },
    });
    // The old session is used until the settings below refer to the new one. `otherStore` is written
    // first, so that a logout also cleans up the new store if this process is killed.
    if (old !== undefined && old.store !== store) {
      await write(withContext(settings, { ...old, otherStore: store }));
    }
    const session = await deps.sessionStore(name, { ...location, otherStore });
    const stored = toStoredSession(token, { clientSecret });
    await deps.withLock(name, () => writeSession(session, stored));
    const { pksCreds } = old ?? {};
    context = { ...context, ...location, ...(pksCreds === undefined ? {} : { pksCreds }) };
    const next = role === undefined ? settings : select(settings, context.uaa, { role, name });
    if (old === undefined) return withContext(next, context);
    await write(withContext(next, otherStore === undefined ? context : { ...context, otherStore }));
    const isRemoved = await deps.withLock(name, session.removeEarlierLogins);
    return withContext(next, isRemoved ? context : { ...context, otherStore });
  });
  return { name, context };
}

function existingContextError(name: string): TpksError {
  return new TpksError('conflict', `Context ${name} already exists`, {
    hint: 'list the contexts: tpks contexts',
  });
}

/**
 * The identity provider of a user. An opaque access token has no claims, but the id token may have
 * them.
 * @returns `undefined` if neither token names it.
 */
export function originOf({ accessToken, idToken }: Token): string | undefined {
  return readTextClaim(readClaims(accessToken) ?? (idToken && readClaims(idToken)), 'origin');
}

/**
 * Returns a new session id, and therefore a new session file, if a login changes the settings of a
 * context. With the old file, a login that is killed before `config.json` is written would combine
 * the new session with the old settings, and so with the wrong store or even the wrong server.
 */
function chooseSessionId(context: ContextSettings, old: ContextSettings | undefined) {
  if (old === undefined) return undefined;
  const settings = { ...old, sessionId: undefined, otherStore: undefined, pksCreds: undefined };
  return isDeepStrictEqual(toStoredSettings(settings), toStoredSettings(context))
    ? old.sessionId
    : randomBytes(8).toString('hex');
}

/** The settings as they are read from JSON, which has no undefined members. */
function toStoredSettings(settings: object): unknown {
  return JSON.parse(JSON.stringify(settings));
}

/** The store that may contain an old key, unless it is the store of the new login. */
function otherStoreOf(old: ContextSettings, store: PersistentStore): PersistentStore | undefined {
  return [old.store, old.otherStore].find(
    (candidate) => candidate !== undefined && candidate !== store,
  );
}

/** The API that accepted the tokens of the same identity, unless its certificate would no longer be verified. */
function findConfirmedApi(
  old: ContextSettings | undefined,
  context: ContextSettings,
): string | undefined {
  if (!hasKey(old, context)) return undefined;
  const isWeaker = context.skipTlsVerification && old?.skipTlsVerification === false;
  return isWeaker ? undefined : old?.api;
}

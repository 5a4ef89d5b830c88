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
import type { StoreKind } from '../../platform/keychain/keychain.js';
import {
  checkContextName,
  findMatchingContext,
  createDefaultName,
  hasKey,
  type ContextKey,
} from '../contexts/context-names.js';
import { selectInstallation } from '../contexts/current-installation.js';
import { readClaims, readTextClaim } from './claims.js';
import { tryToDelete, type PersistentStore, type SessionRepository } from './session-repository.js';
import { toStoredSession } from './session.js';
import type { Token } from './token.js';

export interface NewLogin extends Omit<
  ContextSettings,
  'identity' | 'origin' | 'sessionId' | 'otherStore' | 'pksCreds'
> {
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
  readonly sessions: SessionRepository;
  /** Tests whether a session can be stored. @throws {TpksError} `keychain` or `storage` */
  readonly testStore: (store: PersistentStore) => Promise<void>;
  readonly env: Environment;
  readonly keysFolder: string;
  readonly osStoreName: string;
}

export type LoginStore = ReturnType<typeof createLoginStore>;

export function createLoginStore(deps: LoginStoreDeps) {
  const { settings, env } = deps;
  return {
    /** The folder of the key files of the store `file`. */
    keysFolder: deps.keysFolder,
    /**
     * Tests the store before a prompt.
     * @throws {TpksError} `keychain` or `storage`; `usage` for an invalid context name.
     */
    test: async (store: PersistentStore, name?: string) => {
      if (name !== undefined) checkContextName(name);
      await settings.read();
      await deps.testStore(store);
    },
    /**
     * Stores the session and the context, and makes it the current context.
     * @throws {TpksError} `keychain`, `storage`, `failed`; `conflict` with `mustBeNew`, or if another process
     *   has just created a context of another identity with the chosen name.
     */
    save: (login: NewLogin, token: Token) => save(login, token, deps),
    /** Finds the context that a login renews, by `--name` or else by the identity, if it is known. */
    find: async (name: string | undefined, key: ContextKey | undefined) => {
      const current = await settings.read();
      const { contexts } = current;
      const contextName = name ?? (key && findMatchingContext(key, current));
      return contextName === undefined ? undefined : getOwnValue(contexts, contextName);
    },
    /**
     * Selects the store: `--store`, `TPKS_STORE`, the store of the renewed context, the default store in
     * the settings, or the keychain.
     * @throws {TpksError} `usage` for an unknown store, and for `none`, which stores nothing.
     */
    selectStore: async (flag: string | undefined, renewed: ContextSettings | undefined) =>
      selectStore(flag, env.TPKS_STORE, renewed?.store, (await settings.read()).defaultStore),
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
    throw new TpksError(
      'usage',
      'Cannot log in with the store none, because it would not store the session',
      {
        hint: 'to use tpks without logging in, set TPKS_API and credentials in the environment',
      },
    );
  }
  throw new TpksError('usage', `Unknown store: ${name} (choose from keychain, file)`, {
    hint: 'use --store keychain or --store file, or set TPKS_STORE',
  });
}

async function save(
  login: NewLogin,
  token: Token,
  { settings, sessions }: LoginStoreDeps,
): Promise<SavedLogin> {
  const { name: requestedName, clientSecret, role, mustBeNew = false, ...rest } = login;
  const newContext = toContextSettings(rest, token);
  const name = requestedName ?? chooseName(newContext, await settings.read());
  const { contexts } = await settings.update(async (current, write) => {
    const old = getOwnValue(current.contexts, name);
    // Another process may have created a context with this name in the meantime.
    const mayReplace = requestedName !== undefined || hasKey(old, newContext);
    if (old !== undefined && (mustBeNew || !mayReplace)) throw existingContextError(name);
    const { context, otherStore } = replaceContext(old, newContext);
    const withOtherStore = otherStore === undefined ? context : { ...context, otherStore };
    // The old session is used until the settings below refer to the new one. `otherStore` is written
    // first, so that a logout also cleans up the new store if this process is killed.
    if (old !== undefined && old.store !== context.store) {
      await write(withContext(current, name, { ...old, otherStore: context.store }));
    }
    await sessions.save({ ...context, name }, toStoredSession(token, { clientSecret }));
    const next =
      role === undefined ? current : selectInstallation(current, context.uaa, { role, name });
    if (old === undefined) return withContext(next, name, context);
    await write(withContext(next, name, withOtherStore));
    const isDeleted = await tryToDelete(sessions, { ...old, name }, { ...context, name });
    return withContext(next, name, isDeleted ? context : withOtherStore);
  });
  const context = getOwnValue(contexts, name);
  if (context === undefined) throw new Error('the context was not stored');
  return { name, context };
}

function toContextSettings(
  {
    grant,
    isPublicClient,
    idToken,
    clientKeyFile,
    ...common
  }: Omit<NewLogin, 'name' | 'clientSecret' | 'role'>,
  token: Token,
): ContextSettings {
  return grant === 'client_credentials'
    ? { ...common, grant, clientKeyFile }
    : { ...common, grant, origin: originOf(token), isPublicClient, idToken };
}

function chooseName(newContext: ContextSettings, settings: Settings): string {
  return (
    findMatchingContext(newContext, settings) ?? createDefaultName(newContext, settings.contexts)
  );
}

/** @returns the settings that replace an old context, and the store in which an old key may be left. */
function replaceContext(
  old: ContextSettings | undefined,
  login: ContextSettings,
): { readonly context: ContextSettings; readonly otherStore: PersistentStore | undefined } {
  const newContext = { ...login, api: login.api ?? findConfirmedApi(old, login) };
  if (old === undefined) return { context: newContext, otherStore: undefined };
  const sessionId = chooseSessionId(newContext, old);
  const { pksCreds } = old;
  return {
    context: {
      ...newContext,
      ...(sessionId === undefined ? {} : { sessionId }),
      ...(pksCreds === undefined ? {} : { pksCreds }),
    },
    otherStore: [old.store, old.otherStore].find(
      (store) => store !== undefined && store !== newContext.store,
    ),
  };
}

function withContext(settings: Settings, name: string, context: ContextSettings): Settings {
  return { ...settings, contexts: { ...settings.contexts, [name]: context } };
}

function existingContextError(name: string): TpksError {
  return new TpksError('conflict', `Context ${name} already exists`, {
    hint: 'list the contexts: tpks contexts',
  });
}

/** The identity provider, from the access token or the id token; `undefined` if neither names it. */
export function originOf({ accessToken, idToken }: Token): string | undefined {
  return readTextClaim(readClaims(accessToken) ?? (idToken && readClaims(idToken)), 'origin');
}

/**
 * Returns a new session id, and therefore a new session file, if a login changes the settings of a
 * context. With the old file, a login that is killed before `config.json` is written would combine
 * the new session with the old settings, and so with the wrong store or even the wrong server.
 */
function chooseSessionId(context: ContextSettings, old: ContextSettings): string | undefined {
  const settings = { ...old, sessionId: undefined, otherStore: undefined, pksCreds: undefined };
  return isDeepStrictEqual(toStoredSettings(settings), toStoredSettings(context))
    ? old.sessionId
    : randomBytes(8).toString('hex');
}

/** The settings as they are read from JSON, which has no undefined members. */
function toStoredSettings(settings: object): unknown {
  return JSON.parse(JSON.stringify(settings));
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

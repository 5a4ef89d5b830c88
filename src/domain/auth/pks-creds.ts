import { isStoreError, isTpksError, messageWithHint } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { defaultPorts } from '../../base/pks-conventions.js';
import { isOn, type Environment } from '../../platform/config/environment.js';
import type {
  ContextSettings,
  PksCredsSettings,
  SettingsFile,
} from '../../platform/config/settings.js';
import { readCaCert } from '../../platform/input/ca-cert.js';
import type { EnvironmentIdentity } from '../contexts/context.js';
import { findIdentities } from '../contexts/current-installation.js';
import { parseInstallation } from '../contexts/installation.js';
import type { SavedLogin } from './login-store.js';
import type { LoginOptions, LoginRequest } from './login.js';
import {
  isCopyOf,
  isSameIdentity,
  readPksCreds,
  removePksCreds,
  withoutPort,
  writePksCreds,
  type PksCreds,
  type PksCredsOwner,
} from './pks-creds-file.js';
import {
  replaceSession,
  runWithOptionalLock,
  type Renewal,
  type SessionRepository,
  type StoredSession,
  type WithLockFile,
} from './session-repository.js';
import { toStoredSession } from './session.js';
import { readClaims, readTextClaim, toToken } from './token.js';

/** The tokens to copy. */
type Tokens = Pick<StoredSession, 'accessToken' | 'refreshToken'>;

/** Plain-text copies of sessions in `creds.yml`, for scripts that read the original CLI's file. */
export interface PksCredsCopies {
  /**
   * Writes the session of a new login and replaces any other session in the file, if the user opted in. A
   * failed write is only a warning, because the login itself has succeeded.
   * @returns the path; `undefined` if the file was not written.
   */
  readonly write: (
    login: SavedLogin,
    tokens: Tokens,
    request: Pick<LoginRequest, 'grant' | 'writeCreds'> & Pick<LoginOptions, 'role'>,
  ) => Promise<string | undefined>;
  /**
   * Updates the file after a renewal, unless it contains the session of another context. A failed write
   * is only a warning.
   */
  readonly update: (name: string, tokens: Tokens) => Promise<void>;
  /** Returns the path of the copy of a context's session; `undefined` if the session has no copy. */
  readonly find: (
    context: PksCredsOwner & Pick<ContextSettings, 'pksCreds'>,
  ) => Promise<string | undefined>;
  /**
   * Deletes the copy of a context's session, and stops updating it.
   * @returns the path of the copy; `undefined` if the session had no copy.
   * @throws {TpksError} `storage` if the copy cannot be deleted.
   */
  readonly remove: (name: string) => Promise<string | undefined>;
}

export interface PksCredsCopiesDeps {
  readonly settings: SettingsFile;
  readonly env: Environment;
  /** Where the original CLI stores its session. */
  readonly defaultPath: string;
  /** Runs the work while no other process writes the file. */
  readonly withLock: <T>(work: () => Promise<T>) => Promise<T>;
  readonly warn: (text: string) => void;
}

export function createPksCredsCopies(deps: PksCredsCopiesDeps): PksCredsCopies {
  const { settings, env, defaultPath, warn } = deps;

  /** The command itself has succeeded, and its result is more important than the copy. */
  const tryLocked = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await deps.withLock(work);
    } catch (error) {
      if (!isTpksError(error)) throw error;
      warn(`the plain-text copy of the session was not written: ${messageWithHint(error)}`);
      return undefined;
    }
  };

  const update: PksCredsCopies['update'] = async (name, tokens) => {
    await tryLocked(async () => {
      const current = await settings.read();
      const { contexts } = current;
      const context = getOwnValue(contexts, name);
      if (context?.api === undefined) return;
      const { pksCreds = { path: defaultPath, isAlwaysWritten: false } } = context;
      const { path, isAlwaysWritten } = pksCreds;
      if (!isOn(env.TPKS_PKS_CREDS) && !isAlwaysWritten) return;
      const isNew = context.pksCreds === undefined;
      if (isNew) {
        const hasOwner = Object.values(contexts).some((other) => other.pksCreds?.path === path);
        if (hasOwner || name !== findIdentities(current).pks) return;
      }
      const copy = readCopy(path, isNew);
      if (copy !== undefined && !isSameIdentity(copy, context)) {
        warn(
          `the new token was not written to ${path}, which contains the session of another user or installation`,
        );
        return;
      }
      const owner = isNew ? await setPksCreds(name, pksCreds, settings) : context;
      if (owner !== undefined) await writePksCreds(path, toPksCreds(owner, tokens, copy?.username));
    });
  };

  return {
    write: async ({ name, context: { pksCreds } }, tokens, { grant, writeCreds, role }) => {
      if (role === 'uaa') {
        if (pksCreds !== undefined) await update(name, tokens);
        return undefined;
      }
      const isAlwaysWritten = writeCreds === true || pksCreds?.isAlwaysWritten === true;
      if (!isAlwaysWritten && !isOn(env.TPKS_PKS_CREDS)) return undefined;
      const path = defaultPath;
      // As the user typed it.
      const username = 'username' in grant ? grant.username : undefined;
      return tryLocked(async () => {
        // Before the file is written, so that a logout finds it even if this process is killed.
        const context = await setPksCreds(name, { path, isAlwaysWritten }, settings);
        if (context === undefined) return undefined;
        await writePksCreds(path, toPksCreds(context, tokens, username));
        // Done after the write, because until then the file contains the tokens of another context, whose logout
        // must find them.
        for (const [other, { pksCreds }] of Object.entries((await settings.read()).contexts)) {
          if (other !== name && pksCreds?.path === path)
            await setPksCreds(other, undefined, settings);
        }
        const port = new URL(context.api ?? '').port || '443';
        if (port !== defaultPorts.api) {
          warn(
            `${path} does not contain the port of the API (${port}): programs that read it use port ${defaultPorts.api}`,
          );
        }
        warn(`the tokens are also stored in plain text in ${path}; tpks logout deletes this file`);
        return path;
      });
    },
    update,
    find: ({ pksCreds, ...context }) => {
      const isCopy = pksCreds !== undefined && isCopyOf(context, pksCreds.path);
      return Promise.resolve(isCopy ? pksCreds.path : undefined);
    },
    remove: (name) =>
      deps.withLock(async () => {
        const context = getOwnValue((await settings.read()).contexts, name);
        if (context?.pksCreds === undefined) return undefined;
        const isRemoved = await removePksCreds(context, context.pksCreds.path);
        await setPksCreds(name, undefined, settings);
        return isRemoved ? context.pksCreds.path : undefined;
      }),
  };
}

/**
 * Records which file a context writes; `undefined` for none.
 * @returns the context; `undefined` if it no longer exists.
 */
async function setPksCreds(
  name: string,
  pksCreds: PksCredsSettings | undefined,
  settings: SettingsFile,
): Promise<ContextSettings | undefined> {
  const { contexts } = await settings.update((current) => {
    const context = getOwnValue(current.contexts, name);
    if (context === undefined) return current;
    return { ...current, contexts: { ...current.contexts, [name]: { ...context, pksCreds } } };
  });
  return getOwnValue(contexts, name);
}

/**
 * @param rejectsInvalid - whether to throw an error if the file has an unknown format. Otherwise, such a
 *   file counts as missing, so that tpks can replace its own damaged file.
 */
function readCopy(path: string, rejectsInvalid: boolean): PksCreds | undefined {
  try {
    return readPksCreds(path);
  } catch (error) {
    if (rejectsInvalid || !isTpksError(error) || error.kind !== 'usage') throw error;
    return undefined;
  }
}

function toPksCreds(
  { api = '', caCert, identity, skipTlsVerification, grant }: ContextSettings,
  { accessToken, refreshToken }: Tokens,
  username = '',
): PksCreds {
  return {
    api: withoutPort(api),
    caCert,
    username: username === '' ? identity : username,
    skipSslVerification: skipTlsVerification,
    accessToken,
    refreshToken: grant === 'client_credentials' ? undefined : refreshToken,
  };
}

/**
 * Reads the identity in `creds.yml`, for a link named `pks` or `tkgi`. The file contains neither ports
 * nor the UAA; these come from `TPKS_API` and `TPKS_UAA_URL`, or have their default values.
 * @returns `undefined` if the file does not exist, has no token, or belongs to a different API than the
 *   one in `TPKS_API`.
 * @throws {TpksError} `storage` or `usage` if the file cannot be read.
 */
export function readPksCredsContext(
  path: string,
  { TPKS_API: envApi, TPKS_UAA_URL: envUaa, TPKS_CA_CERT: envCa }: Environment,
): EnvironmentIdentity | undefined {
  const creds = readPksCreds(path);
  if (creds?.accessToken === undefined) return undefined;
  const { api, uaa } = parseInstallation(envApi ?? creds.api, envUaa);
  const { hostname } = new URL(api);
  // The token must not be sent to any host other than the one it was issued for.
  if (hostname !== new URL(parseInstallation(creds.api).api).hostname) return undefined;
  const caCert = envCa === undefined ? creds.caCert : readCaCert(envCa);
  const claims = readClaims(creds.accessToken);
  const clientId = readTextClaim(claims, 'client_id') ?? creds.username;
  const isClient =
    creds.refreshToken === undefined &&
    readTextClaim(claims, 'grant_type') === 'client_credentials';
  const identity = creds.username || (readTextClaim(claims, 'user_name') ?? clientId);
  return {
    name: `${identity}@${hostname}`,
    identity,
    ...(isClient
      ? { grant: 'client_credentials', clientId }
      : { grant: 'password', clientId: 'pks_cli' }),
    api,
    uaa,
    ...(caCert === undefined ? {} : { caCert }),
    skipTlsVerification: envCa === undefined && creds.skipSslVerification,
    store: 'none',
    pksCredsPath: path,
    sources: {
      name: 'creds.yml',
      api: envApi === undefined ? 'creds.yml' : 'variable TPKS_API',
      uaa: envUaa === undefined ? 'default' : 'variable TPKS_UAA_URL',
      caCert: envCa === undefined ? 'creds.yml' : 'variable TPKS_CA_CERT',
      identity: 'creds.yml',
    },
  };
}

/** A `creds.yml`, and the identity that its session belongs to. */
export interface PksCredsLocation extends PksCredsOwner {
  readonly pksCredsPath: string;
}

export interface PksCredsSessionsDeps {
  readonly withLockFile: WithLockFile;
  /** Reports that a renewed token was not stored. */
  readonly warn: (text: string) => void;
}

/**
 * Uses `creds.yml` to store a session. If another program writes a different session to the file in the
 * meantime, its tokens are neither used nor replaced, because they belong to another user or server. If a
 * renewed token cannot be written back, it is used in memory until the command ends.
 */
export class PksCredsSessions implements Pick<
  SessionRepository<PksCredsLocation>,
  'load' | 'save' | 'delete'
> {
  readonly #deps: PksCredsSessionsDeps;
  /** By path. */
  readonly #unwritten = new Map<string, StoredSession>();

  constructor(deps: PksCredsSessionsDeps) {
    this.#deps = deps;
  }

  load(location: PksCredsLocation): Promise<StoredSession | undefined> {
    const unwritten = this.#unwritten.get(location.pksCredsPath);
    return Promise.resolve().then(() => unwritten ?? toSession(readOwn(location)));
  }

  async save(location: PksCredsLocation, session: StoredSession | Renewal): Promise<StoredSession> {
    return runWithOptionalLock(
      (work) => this.#deps.withLockFile(`${location.pksCredsPath}.lock`, work),
      () =>
        replaceSession(session, {
          load: () => this.load(location),
          reserve: () =>
            Promise.resolve({
              write: (newSession) => this.#write(location, newSession),
              release: () => Promise.resolve(),
            }),
        }),
    );
  }

  async delete(location: PksCredsLocation): Promise<boolean> {
    return removePksCreds(location, location.pksCredsPath);
  }

  async #write(location: PksCredsLocation, session: StoredSession): Promise<void> {
    const { pksCredsPath: path } = location;
    this.#unwritten.set(path, session);
    const creds = readOwn(location);
    // The format cannot represent a rejected refresh token, and a deleted file means a logout.
    if (creds === undefined || session.refreshRejectedAt !== undefined) return;
    const { accessToken, refreshToken } = session;
    try {
      await writePksCreds(path, { ...creds, accessToken, refreshToken });
      this.#unwritten.delete(path);
    } catch (error) {
      if (!isStoreError(error)) throw error;
      this.#deps.warn(`the renewed token was not stored: ${messageWithHint(error)}`);
    }
  }
}

/** @returns `undefined` if the file does not exist, or contains the session of another identity. */
function readOwn(location: PksCredsLocation): PksCreds | undefined {
  const creds = readPksCreds(location.pksCredsPath);
  return creds !== undefined && isSameIdentity(creds, location) ? creds : undefined;
}

function toSession(creds: PksCreds | undefined): StoredSession | undefined {
  if (creds?.accessToken === undefined) return undefined;
  const claims = readClaims(creds.accessToken);
  const issuedAt =
    typeof claims?.['iat'] === 'number' ? new Date(claims['iat'] * 1000) : new Date();
  return toStoredSession({
    ...toToken({
      accessToken: creds.accessToken.reveal(),
      refreshToken: creds.refreshToken?.reveal(),
      idToken: undefined,
      scope: undefined,
      // The API reports whether an opaque token has expired.
      expiresInSeconds: claims === undefined ? 3600 : undefined,
      date: undefined,
      now: issuedAt,
    }),
  });
}

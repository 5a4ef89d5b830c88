import { isOn, type Environment } from '../config/environment.js';
import type { PksCreds } from '../config/pks-creds-file.js';
import { readPksCreds, writePksCreds } from '../config/pks-creds-storage.js';
import type {
  ContextSettings,
  PksCredsSettings,
  Settings,
  SettingsFile,
} from '../config/settings.js';
import { isTpksError, messageWithHint } from '../errors.js';
import { findIdentities } from '../contexts/selection.js';
import { getOwnValue } from '../own-value.js';
import {
  isCopyOf,
  isSameIdentity,
  removeCopy,
  withoutPort,
  type PksCredsOwner,
} from './pks-creds-owner.js';
import type { StoredSession } from './session-file.js';

/** The tokens to copy. */
type Tokens = Pick<StoredSession, 'accessToken' | 'refreshToken'>;

/** Plain-text copies of sessions in `creds.yml`, for scripts that read the file of the original CLI. */
export interface PksCredsCopies {
  /**
   * Writes the session of a new login and replaces any other session in the file. A failed write is
   * only a warning, because the login itself has succeeded.
   * @param login.isAlwaysWritten - whether renewals also write the file if `TPKS_PKS_CREDS` is not set.
   * @param login.username - as typed by the user; `undefined` for the identity in the token.
   * @returns the path; `undefined` if the file was not written.
   */
  readonly write: (
    name: string,
    tokens: Tokens,
    login: { readonly isAlwaysWritten: boolean; readonly username?: string | undefined },
  ) => Promise<string | undefined>;
  /**
   * Updates the file after a renewal, unless it contains the session of another context. A failed write
   * is only a warning.
   */
  readonly update: (name: string, tokens: Tokens) => Promise<void>;
  /** Returns the path of the copy of a context's session; `undefined` if the session has no copy. */
  readonly find: (context: CopiedContext) => string | undefined;
  /**
   * Deletes the copy of a context's session, and stops updating it.
   * @returns the path of the copy; `undefined` if the session had no copy.
   * @throws {TpksError} `storage` if the copy cannot be deleted.
   */
  readonly remove: (name: string) => Promise<string | undefined>;
}

type CopiedContext = PksCredsOwner & Pick<ContextSettings, 'pksCreds'>;

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
  const { settings, withLock } = deps;
  return {
    write: (name, tokens, { isAlwaysWritten, username }) =>
      warnOnFailure(deps, () =>
        withLock(async () => {
          const pksCreds = { path: deps.defaultPath, isAlwaysWritten };
          const context = await recordFile(name, pksCreds, deps);
          if (context === undefined) return undefined;
          await writePksCreds(pksCreds.path, toPksCreds(context, tokens, username));
          await forgetOtherOwners(name, pksCreds.path, deps);
          warnAboutPort(context, pksCreds.path, deps);
          return pksCreds.path;
        }),
      ),
    update: async (name, tokens) => {
      await warnOnFailure(deps, () =>
        withLock(async () => {
          const found = await findFileToUpdate(name, deps);
          if (found === undefined) return;
          const { path, context, username } = found;
          await writePksCreds(path, toPksCreds(context, tokens, username));
        }),
      );
    },
    find: ({ pksCreds, ...context }) =>
      pksCreds !== undefined && isCopyOf(context, pksCreds.path) ? pksCreds.path : undefined,
    remove: (name) =>
      withLock(async () => {
        const context = getOwnValue((await settings.read()).contexts, name);
        const path = context?.pksCreds?.path;
        if (context === undefined || path === undefined) return undefined;
        const isRemoved = await removeCopy(context, path);
        await settings.update((current) => withPksCreds(current, name, undefined));
        return isRemoved ? path : undefined;
      }),
  };
}

/**
 * Records that this context writes the file. Called before the file is written, so that a logout finds
 * the file even if this process is killed.
 * @returns the context; `undefined` if it no longer exists.
 */
async function recordFile(
  name: string,
  pksCreds: PksCredsSettings,
  { settings }: PksCredsCopiesDeps,
): Promise<ContextSettings | undefined> {
  const { contexts } = await settings.update((current) => withPksCreds(current, name, pksCreds));
  return getOwnValue(contexts, name);
}

/**
 * Records that other contexts no longer have a copy in this file. Called after the file is written,
 * because until then it contains the tokens of another context, whose logout must find them.
 */
async function forgetOtherOwners(name: string, path: string, { settings }: PksCredsCopiesDeps) {
  const { contexts } = await settings.read();
  for (const [other, { pksCreds }] of Object.entries(contexts)) {
    if (other === name || pksCreds?.path !== path) continue;
    await settings.update((current) => withPksCreds(current, other, undefined));
  }
}

function withPksCreds(
  settings: Settings,
  name: string,
  pksCreds: PksCredsSettings | undefined,
): Settings {
  const context = getOwnValue(settings.contexts, name);
  if (context === undefined) return settings;
  return { ...settings, contexts: { ...settings.contexts, [name]: { ...context, pksCreds } } };
}

/** @returns `undefined` if the file must not be written for this context. */
async function findFileToUpdate(name: string, deps: PksCredsCopiesDeps) {
  const { settings, env, defaultPath, warn } = deps;
  const current = await settings.read();
  const { contexts } = current;
  const context = getOwnValue(contexts, name);
  if (context?.api === undefined) return undefined;
  const ownCopy = context.pksCreds;
  const isEnabled = isOn(env.TPKS_PKS_CREDS);
  if (!isEnabled && ownCopy?.isAlwaysWritten !== true) return undefined;
  const path = ownCopy?.path ?? defaultPath;
  if (ownCopy === undefined) {
    const hasOwner = Object.values(contexts).some((other) => other.pksCreds?.path === path);
    if (hasOwner || name !== findIdentities(current).pks) return undefined;
  }
  const copy = readCopy(path, ownCopy === undefined);
  if (copy !== undefined && !isSameIdentity(copy, context)) {
    warn(
      `the new token was not written to ${path}, which contains the session of another user or installation`,
    );
    return undefined;
  }
  const owner =
    ownCopy === undefined
      ? await recordFile(name, { path, isAlwaysWritten: false }, deps)
      : context;
  return owner && { path, context: owner, username: copy?.username };
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

function warnAboutPort(
  { api = '' }: ContextSettings,
  path: string,
  { warn }: PksCredsCopiesDeps,
): void {
  const { port } = new URL(api);
  if (port === '9021') return;
  warn(
    `${path} does not contain the port of the API (${port || '443'}): programs that read it use port 9021`,
  );
}

/** The command itself has succeeded, and its result is more important than the copy. */
async function warnOnFailure<T>(
  { warn }: PksCredsCopiesDeps,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isTpksError(error)) throw error;
    const reason = messageWithHint(error);
    warn(`the plain-text copy of the session was not written: ${reason}`);
    return undefined;
  }
}

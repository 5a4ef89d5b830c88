import { isTpksError, messageWithHint } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { defaultPorts } from '../../base/pks-conventions.js';
import { isOn, type Environment } from '../../platform/config/environment.js';
import type {
  ContextSettings,
  PksCredsSettings,
  SettingsFile,
} from '../../platform/config/settings.js';
import { findIdentities } from '../contexts/current-installation.js';
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
import type { StoredSession } from './session-repository.js';

type Tokens = Pick<StoredSession, 'accessToken' | 'refreshToken'>;

export interface PksCredsCopiesDeps {
  readonly settings: SettingsFile;
  readonly env: Environment;
  readonly defaultPath: string;
  /** Runs the work while no other process writes the file. */
  readonly withLock: <T>(work: () => Promise<T>) => Promise<T>;
  readonly warn: (text: string) => void;
}

/** Plain-text copies of sessions in `creds.yml`, for scripts that read the original CLI's file. */
export class PksCredsCopies {
  readonly #deps: PksCredsCopiesDeps;

  constructor(deps: PksCredsCopiesDeps) {
    this.#deps = deps;
  }

  /**
   * Writes the session of a new login if the user opted in. A failed write is only a warning.
   * @returns the path; `undefined` if the file was not written.
   */
  async write(
    { name, context: { pksCreds } }: SavedLogin,
    tokens: Tokens,
    {
      grant,
      writeCreds,
      role,
    }: Pick<LoginRequest, 'grant' | 'writeCreds'> & Pick<LoginOptions, 'role'>,
  ): Promise<string | undefined> {
    if (role === 'uaa') {
      if (pksCreds !== undefined) await this.update(name, tokens);
      return undefined;
    }
    const isAlwaysWritten = writeCreds === true || pksCreds?.isAlwaysWritten === true;
    if (!isAlwaysWritten && !isOn(this.#deps.env.TPKS_PKS_CREDS)) return undefined;
    // As the user typed it.
    const username = 'username' in grant ? grant.username : undefined;
    return this.#tryLocked(() => this.#replace(name, tokens, { isAlwaysWritten, username }));
  }

  /**
   * Updates the file after a renewal, unless it contains the session of another context. A failed write
   * is only a warning.
   */
  async update(name: string, tokens: Tokens): Promise<void> {
    await this.#tryLocked(() => this.#update(name, tokens));
  }

  /** Returns the path of the copy of a context's session; `undefined` if the session has no copy. */
  find({
    pksCreds,
    ...context
  }: PksCredsOwner & Pick<ContextSettings, 'pksCreds'>): Promise<string | undefined> {
    const isCopy = pksCreds !== undefined && isCopyOf(context, pksCreds.path);
    return Promise.resolve(isCopy ? pksCreds.path : undefined);
  }

  /** Deletes the copy and stops updating it. @returns its path, if any. @throws {TpksError} `storage` */
  async remove(name: string): Promise<string | undefined> {
    const { settings, withLock } = this.#deps;
    return withLock(async () => {
      const context = getOwnValue((await settings.read()).contexts, name);
      if (context?.pksCreds === undefined) return undefined;
      const isRemoved = await removePksCreds(context, context.pksCreds.path);
      await setPksCreds(name, undefined, settings);
      return isRemoved ? context.pksCreds.path : undefined;
    });
  }

  /** The command itself has succeeded, and its result is more important than the copy. */
  async #tryLocked<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#deps.withLock(work);
    } catch (error) {
      if (!isTpksError(error)) throw error;
      const problem = messageWithHint(error);
      this.#deps.warn(`the plain-text copy of the session was not written: ${problem}`);
      return undefined;
    }
  }

  /** @returns the path; `undefined` if the context no longer exists. */
  async #replace(
    name: string,
    tokens: Tokens,
    input: { readonly isAlwaysWritten: boolean; readonly username: string | undefined },
  ): Promise<string | undefined> {
    const { settings, defaultPath: path, warn } = this.#deps;
    const { isAlwaysWritten, username } = input;
    // Before the file is written, so that a logout finds it even if this process is killed.
    const context = await setPksCreds(name, { path, isAlwaysWritten }, settings);
    if (context === undefined) return undefined;
    await writePksCreds(path, toPksCreds(context, tokens, username));
    // Done after the write, because until then the file contains the tokens of another context, whose logout
    // must find them.
    for (const [other, { pksCreds }] of Object.entries((await settings.read()).contexts)) {
      if (other !== name && pksCreds?.path === path) await setPksCreds(other, undefined, settings);
    }
    const port = new URL(context.api ?? '').port || '443';
    if (port !== defaultPorts.api) {
      warn(
        `${path} does not contain the port of the API (${port}): programs that read it use port ${defaultPorts.api}`,
      );
    }
    warn(`the tokens are also stored in plain text in ${path}; tpks logout deletes this file`);
    return path;
  }

  async #update(name: string, tokens: Tokens): Promise<void> {
    const { settings, env, defaultPath, warn } = this.#deps;
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
  }
}

/** Records which file a context writes, if any. @returns `undefined` if the context no longer exists. */
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

/** @param rejectsInvalid - if `false`, an invalid file counts as missing, so that tpks can replace it. */
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

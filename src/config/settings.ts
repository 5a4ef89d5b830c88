import * as v from 'valibot';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readText, formatBytes } from '../disk/bounded-read.js';
import { diskError, isMissing, withDiskErrors } from '../disk/disk-error.js';
import { rejectSharedFolder } from '../disk/shared-folder.js';
import { readFormatVersion, newerFormatError, parseStoredJson } from '../disk/stored-json.js';
import { errorMessage, TpksError } from '../errors.js';
import { alwaysQuoteForShell } from '../shell-quote.js';
import { unknownHomeError } from './folders.js';
import { settingsSchema, type userGrants } from './settings-schema.js';

/** The grant of a user, who proves their identity at each login. */
export type UserGrant = (typeof userGrants)[number];

/** The grant that started a session. */
export type GrantKind = UserGrant | 'client_credentials';

/** One identity at one installation. */
export type ContextSettings = UserContextSettings | ClientContextSettings;

export interface UserContextSettings extends CommonSettings {
  readonly grant: UserGrant;
  /** Identity provider of the user (`uaa`, `ldap`, ...); `undefined` if the token is opaque. */
  readonly origin?: string | undefined;
  /** The client has no secret, not even an empty one. */
  readonly isPublicClient?: boolean | undefined;
}

export interface ClientContextSettings extends CommonSettings {
  readonly grant: 'client_credentials';
  readonly origin?: undefined;
  readonly isPublicClient?: undefined;
}

interface CommonSettings {
  /** User name as the UAA spells it, or the id of a UAA client. */
  readonly identity: string;
  /** The UAA client that the tokens belong to. */
  readonly clientId: string;
  /** Scopes that were requested, separated by spaces; `undefined` requests all. */
  readonly scope?: string | undefined;
  /** Also requested at each renewal; if `undefined`, the UAA chooses. */
  readonly tokenFormat?: 'opaque' | 'jwt' | undefined;
  /** Origin of the PKS API, always with its port; `undefined` if only a UAA is known. */
  readonly api?: string | undefined;
  /** Base URL of the UAA, without a trailing slash; may have a path. */
  readonly uaa: string;
  /** The CA certificates themselves (PEM), so that the file can be moved. */
  readonly caCert?: string | undefined;
  readonly skipTlsVerification: boolean;
  readonly store: 'keychain' | 'file';
  /**
   * Part of the session file's name. A login that changes any of the settings above chooses a new one,
   * so that its session does not overwrite the old one before `config.json` refers to it. Absent after
   * the first login of a context.
   */
  readonly sessionId?: string | undefined;
  /** Another store that may still contain a key of this context, e.g. of a login that was killed. */
  readonly otherStore?: 'keychain' | 'file' | undefined;
  /** The plain-text copy of the session, unless another context has replaced it. */
  readonly pksCreds?: PksCredsSettings | undefined;
}

/** A plain-text copy of a session, in the format of the original CLI. */
export interface PksCredsSettings {
  /** Absolute path of `creds.yml`. */
  readonly path: string;
  /** `true` after `login --write-creds`; if `false`, the file is written only with `TPKS_PKS_CREDS`. */
  readonly isAlwaysWritten: boolean;
}

/**
 * A session for the clusters of one installation. Its tokens belong to the client
 * `pks_cluster_client` and are stored separately from those of a context.
 */
export interface KubernetesSessionSettings extends Pick<
  ContextSettings,
  'identity' | 'uaa' | 'caCert' | 'skipTlsVerification' | 'store'
> {
  /** Origin of the PKS API, always with its port. */
  readonly api: string;
  /** Names of the clusters that credentials were fetched for, oldest first. */
  readonly clusters: readonly string[];
}

/** A UAA that `tpks uaa target` knows. */
export interface UaaTargetSettings extends Pick<
  ContextSettings,
  'uaa' | 'caCert' | 'skipTlsVerification'
> {
  /** The context that was last used there. */
  readonly context?: string | undefined;
}

/** In settings that were read from the file, each pointer names a context that exists. */
export interface Settings {
  readonly version: 1;
  /** Context that the PKS commands use. */
  readonly current?: string | undefined;
  /** Context that was `current` before, for `tpks context use -`. */
  readonly previous?: string | undefined;
  /** Context that `tpks uaa` uses; if absent, `current`. */
  readonly currentUaa?: string | undefined;
  /** The UAA that was last selected with `tpks uaa target`. */
  readonly uaaTarget?: string | undefined;
  readonly contexts: Readonly<Record<string, ContextSettings>>;
  /** By name: the name of a context, or `USER@HOST` for a session without one. */
  readonly kubernetesSessions?: Readonly<Record<string, KubernetesSessionSettings>> | undefined;
  /** In the order of `tpks uaa targets`. */
  readonly targets: readonly UaaTargetSettings[];
}

/** Stores contexts, targets and pointers, and no secrets. */
export interface SettingsFile {
  readonly path: string;
  /**
   * @throws {TpksError} `storage` if the file exists but cannot be read or is invalid, or if other
   *   users can write to its folder.
   */
  readonly read: () => Promise<Settings>;
  /**
   * Reads, changes and replaces the file under a lock, so that no change of a parallel login is lost.
   * @param change - may call `write` to store intermediate settings before it returns the final ones.
   * @throws {TpksError} `storage` if the file is invalid (and left unchanged) or cannot be written.
   */
  readonly update: (
    change: (
      settings: Settings,
      write: (intermediate: Settings) => Promise<void>,
    ) => Settings | Promise<Settings>,
  ) => Promise<Settings>;
}

export interface SettingsFileDeps {
  readonly directory: string;
  readonly withLock: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Large enough for hundreds of contexts, each with its own certificates. */
const maximumBytes = 16 * 1024 * 1024;

const empty: Settings = { version: 1, contexts: {}, targets: [] };

export function createSettingsFile({ directory, withLock }: SettingsFileDeps): SettingsFile {
  const path = join(directory, 'config.json');
  const readSync = (): Settings => {
    rejectSharedFolder(directory);
    let text: string;
    try {
      // Synchronous: loading node:fs/promises would make completion two milliseconds slower.
      text = readText(path, { maximumBytes });
    } catch (error) {
      if (isMissing(error)) return empty;
      throw diskError(error, 'read', path);
    }
    return parseSettings(text, path);
  };
  return {
    path,
    read: () => Promise.resolve().then(readSync),
    update: (change) =>
      withLock(async () => {
        // conf does not check the type, size and encoding of the file, and would hang on a pipe.
        readSync();
        const store = await openStore(directory, path);
        const next = await change(store.read(), store.write);
        await store.write(next);
        return next;
      }),
  };
}

interface Store {
  readonly read: () => Settings;
  readonly write: (settings: Settings) => Promise<void>;
}

/** conf replaces the file atomically and preserves symbolic links. The caller holds the lock. */
async function openStore(directory: string, path: string): Promise<Store> {
  // conf reads the home folder when it is loaded, even though it stores nothing there.
  const { default: Conf } = await import('conf').catch((error: unknown) => {
    throw unknownHomeError(error);
  });
  const conf = await withDiskErrors('write', path, () => {
    removeLeftovers(directory);
    const options = {
      cwd: directory,
      configName: 'config',
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      deserialize: (text: string) => parseSettings(text, path),
      serialize: (settings: Settings) => formatSettings(settings, path),
    };
    return Promise.resolve(new Conf<Settings>(options));
  });
  return {
    read: () => {
      const { store } = conf;
      // conf returns an empty object if there is no file.
      return 'version' in store ? store : empty;
    },
    write: (settings) =>
      withDiskErrors('write', path, () => {
        conf.store = settings;
        return Promise.resolve();
      }),
  };
}

/** @throws {TpksError} `storage` if the file would be too large to read back. */
function formatSettings(settings: Settings, path: string): string {
  const text = `${JSON.stringify(settings, null, 2)}\n`;
  if (Buffer.byteLength(text) <= maximumBytes) return text;
  throw new TpksError(
    'storage',
    `Cannot write ${path}: it would be too large (limit ${formatBytes(maximumBytes)})`,
    { hint: 'delete contexts that you no longer need: tpks context delete NAME' },
  );
}

function parseSettings(text: string, path: string): Settings {
  const corrupt = (reason: string, cause?: unknown) =>
    new TpksError('storage', `The configuration file ${path} is corrupt: ${reason}`, {
      hint: `correct it, or move it away and log in again: mv ${alwaysQuoteForShell(path)} ${alwaysQuoteForShell(`${path}.bad`)}`,
      cause,
    });
  let value: unknown;
  try {
    // Editors on Windows write a byte order mark, which conf does not remove.
    value = parseStoredJson(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw corrupt(errorMessage(error), error);
  }
  const version = readFormatVersion(value);
  if (version !== undefined && version > empty.version) {
    throw newerFormatError(path, version);
  }
  const result = v.safeParse(settingsSchema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw corrupt(`${issue.message} at ${v.getDotPath(issue) ?? 'the top level'}`);
}

/** Removes temporary files of processes that were killed while writing. The caller holds the lock. */
function removeLeftovers(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (/^config\.json\.tmp-[0-9a-f]+$/.test(name)) rmSync(join(directory, name), { force: true });
  }
}

import { readdirSync, rmSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { errorMessage, isTpksError, TpksError } from '../../base/errors.js';
import type { Program } from '../../base/program-name.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import { readText, formatBytes } from '../disk/bounded-read.js';
import { diskError, isMissing, withDiskErrors } from '../disk/disk-error.js';
import { rejectShared, rejectSharedFolder } from '../disk/shared-folder.js';
import { readFormatVersion, newerFormatError, parseStoredJson } from '../disk/stored-json.js';
import { unknownHomeError } from './folders.js';
import type { Selections } from './selections.js';
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
export type UaaTargetSettings = Pick<ContextSettings, 'uaa' | 'caCert' | 'skipTlsVerification'>;

/** In settings read from the file, the selections refer only to contexts that exist. */
export interface Settings {
  readonly version: 2;
  /** The program whose selection applies. Not stored. */
  readonly program: Program;
  readonly selections: Selections;
  /**
   * The UAA that `tpks uaa` used in tpks 0.2.0 or earlier, if it is not the UAA of the current
   * installation. Removed after a note about the change has been printed.
   */
  readonly formerUaaTarget?: string | undefined;
  readonly contexts: Readonly<Record<string, ContextSettings>>;
  /** By name: the name of a context, or `USER@HOST` for a session without one. */
  readonly kubernetesSessions?: Readonly<Record<string, KubernetesSessionSettings>> | undefined;
  /** In the order of `tpks uaa targets`. */
  readonly targets: readonly UaaTargetSettings[];
}

/** Stores contexts, targets and selections, and no secrets. */
export interface SettingsFile {
  /**
   * @throws {TpksError} `storage` if the file exists but cannot be read or is invalid, or if other
   *   users can write to it or its folder.
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
  readonly program: Program;
  readonly withLock: <T>(work: () => Promise<T>) => Promise<T>;
  /** Called after each change of the settings. */
  readonly onUpdated?: ((before: Settings, after: Settings) => void) | undefined;
}

/** Large enough for hundreds of contexts, each with its own certificates. */
const maximumBytes = 16 * 1024 * 1024;

const emptySettings = { version: 2, selections: {}, contexts: {}, targets: [] } as const;

export function createSettingsFile(deps: SettingsFileDeps): SettingsFile {
  const { directory, program, withLock, onUpdated } = deps;
  const path = join(directory, 'config.json');
  const empty: Settings = { ...emptySettings, program };
  const parse = (text: string): Settings => ({ ...parseSettings(text, path), program });
  const readSync = (): Settings => {
    rejectSharedFolder(directory);
    let text: string;
    try {
      // Synchronous: loading node:fs/promises would make completion two milliseconds slower.
      const inspect = (_: number, stats: Stats) => rejectShared(path, stats);
      text = readText(path, { maximumBytes, inspect });
    } catch (error) {
      if (isMissing(error)) return empty;
      throw isTpksError(error) ? error : diskError(error, 'read', path);
    }
    return parse(text);
  };
  return {
    read: () => Promise.resolve().then(readSync),
    update: (change) =>
      withLock(async () => {
        // conf does not check the type, size and encoding of the file, and would hang on a pipe.
        readSync();
        const store = await openStore(directory, { path, parse });
        const before = store.read() ?? empty;
        const next = await change(before, store.write);
        await store.write(next);
        onUpdated?.(before, next);
        return next;
      }),
  };
}

interface Store {
  /** @returns `undefined` if there is no file. */
  readonly read: () => Settings | undefined;
  readonly write: (settings: Settings) => Promise<void>;
}

/** conf replaces the file atomically and preserves symbolic links. The caller holds the lock. */
async function openStore(
  directory: string,
  { path, parse }: { readonly path: string; readonly parse: (text: string) => Settings },
): Promise<Store> {
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
      deserialize: parse,
      serialize: (settings: Settings) => formatSettings(settings, path),
    };
    return Promise.resolve(new Conf<Settings>(options));
  });
  return {
    read: () => {
      const { store } = conf;
      // conf returns an empty object if there is no file.
      return 'version' in store ? store : undefined;
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
  const text = `${JSON.stringify({ ...settings, program: undefined }, null, 2)}\n`;
  if (Buffer.byteLength(text) <= maximumBytes) return text;
  throw new TpksError(
    'storage',
    `Cannot write ${path}: it would be too large (limit ${formatBytes(maximumBytes)})`,
    { hint: 'delete contexts that you no longer need: tpks context delete NAME' },
  );
}

function parseSettings(text: string, path: string): Omit<Settings, 'program'> {
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
  if (version !== undefined && version > emptySettings.version) {
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

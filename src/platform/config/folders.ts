import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { TpksError } from '../../base/errors.js';
import type { Environment } from './environment.js';

/** The folders in which tpks stores its files. */
export interface Folders {
  /** Contains `config.json`. */
  readonly config: string;
  /** Encrypted sessions and locks. */
  readonly sessions: string;
  /** Key files of contexts that use `--store file`. */
  readonly keys: string;
  /** Names for completion. Can be deleted at any time. */
  readonly cache: string;
}

/**
 * @param env - `TPKS_HOME` overrides the platform's config folder (XDG, `Library/Preferences`,
 *   `%APPDATA%`).
 */
export function locateFolders(env: Environment, platform: NodeJS.Platform): Folders {
  const root = env.TPKS_HOME ?? join(configFolder(env, platform), 'tpks');
  return {
    config: root,
    sessions: join(root, 'sessions'),
    keys: join(root, 'keys'),
    cache: join(root, 'cache'),
  };
}

/**
 * The file in which the original CLI stores its session.
 * @see pks-cli, section 4.1
 */
export function locatePksCreds(env: Environment, platform: NodeJS.Platform): string {
  return resolve(env.PKS_HOME ?? join(homeFolder(env, platform), '.pks'), 'creds.yml');
}

/**
 * The file in which uaac stores its targets and contexts.
 * @see uaac, section 2.1
 */
export function locateUaacFile(env: Environment, platform: NodeJS.Platform): string {
  return resolve(env.UAAC_HOME ?? homeFolder(env, platform), '.uaac.yml');
}

/**
 * The home folder of the user.
 * @throws {TpksError} `storage` if `HOME` is not set and the system does not know the user, as in a
 *   container that runs with an arbitrary user ID.
 */
export function homeFolder(env: Environment, platform: NodeJS.Platform): string {
  if (platform !== 'win32' && env.HOME) return env.HOME;
  try {
    const folder = homedir();
    // Node returns an empty HOME, which would mean the current folder.
    if (folder !== '') return folder;
  } catch (error) {
    throw unknownHomeError(error);
  }
  throw unknownHomeError();
}

/** Creates the error for a user whose home folder is unknown. */
export function unknownHomeError(cause?: unknown): TpksError {
  return new TpksError('storage', 'Cannot find the home folder of this user: HOME is not set', {
    hint: 'set it, for example: export HOME=/tmp/home',
    cause,
  });
}

function configFolder(env: Environment, platform: NodeJS.Platform): string {
  const inHome = (...names: readonly string[]) => join(homeFolder(env, platform), ...names);
  if (platform === 'win32') return env.APPDATA ?? inHome('AppData', 'Roaming');
  if (platform === 'darwin') return inHome('Library', 'Preferences');
  return env.XDG_CONFIG_HOME ?? inHome('.config');
}

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
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

/** The home folder of the user. */
export function homeFolder(env: Environment, platform: NodeJS.Platform): string {
  return (platform !== 'win32' && env.HOME) || homedir();
}

function configFolder(env: Environment, platform: NodeJS.Platform): string {
  const home = homeFolder(env, platform);
  if (platform === 'win32') return env.APPDATA ?? join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return join(home, 'Library', 'Preferences');
  return env.XDG_CONFIG_HOME ?? join(home, '.config');
}

import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Environment } from '../config/environment.js';

/** The program that is running, and where kubectl looks for programs. */
export interface OwnProgram {
  readonly env: Pick<Environment, 'PATH'>;
  readonly platform: NodeJS.Platform;
  /** Path of the script, or of the standalone binary. It may be a symbolic link. */
  readonly path: string;
}

/**
 * Finds the command with which kubectl can start this program: `tpks` if that is this program in `PATH`,
 * otherwise an absolute path.
 */
export function findPluginCommand({ env, platform, path }: OwnProgram): string {
  // Windows cannot start a script, but npm installs a `tpks.cmd` that does.
  if (platform === 'win32' && path.endsWith('.js')) return 'tpks';
  const own = toRealPath(path);
  const installed = findInPath(platform === 'win32' ? 'tpks.exe' : 'tpks', env.PATH ?? '');
  if (installed !== undefined && toRealPath(installed) === own) return 'tpks';
  // A link named tpks stays valid if another version is installed. A link named pks does not run tpks.
  return basename(path) === 'tpks' ? resolve(path) : own;
}

/** kubectl rejects programs in relative folders of `PATH`, so they are ignored. */
function findInPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find(isExecutableFile);
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function toRealPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

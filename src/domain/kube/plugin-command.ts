import { realpathSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { findExecutable, type SearchPath } from '../../platform/disk/find-executable.js';

/** The program that is running, and where kubectl looks for programs. */
export interface OwnProgram extends SearchPath {
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
  // kubectl also ignores relative folders of `PATH`.
  const installed = findExecutable('tpks', { env, platform });
  if (installed !== undefined && toRealPath(installed) === own) return 'tpks';
  // A link named tpks stays valid if another version is installed. A link named pks does not run tpks.
  return basename(path) === 'tpks' ? resolve(path) : own;
}

function toRealPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

import { statSync, type Stats } from 'node:fs';
import * as process from 'node:process';
import { TpksError } from '../../base/errors.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';

/**
 * Rejects a folder in which other users can replace files, because they could redirect a login to their
 * own server or replace a key. Folders owned by root are accepted, and so is a missing folder.
 * @throws {TpksError} `storage` with the command that fixes the permissions.
 */
export function rejectSharedFolder(path: string): void {
  const stats = readStats(path);
  if (stats !== undefined) rejectShared(path, stats);
}

/** Rejects a file under the same conditions as a folder. @see rejectSharedFolder */
export function rejectShared(path: string, stats: Stats): void {
  // Windows has no owners and permission bits of this kind.
  const user = process.geteuid?.();
  if (user === undefined) return;
  if ((stats.mode & (isPrivateGroup(stats) ? 0o002 : 0o022)) !== 0) {
    throw new TpksError('storage', `Other users can write to ${path}`, {
      hint: `chmod go-w ${alwaysQuoteForShell(path)}, or set TPKS_HOME to another folder`,
    });
  }
  if (stats.uid !== user && stats.uid !== 0) {
    throw new TpksError('storage', `${path} belongs to another user (uid ${String(stats.uid)})`, {
      hint: `sudo chown ${String(user)} ${alwaysQuoteForShell(path)}, or set TPKS_HOME to another folder`,
    });
  }
}

/** @returns `undefined` on any error, because the next use of the folder reports it. */
function readStats(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Many Linux distributions create a private group for each user, with the same number as the user, and
 * set a umask of 002, which allows this group to write.
 */
function isPrivateGroup({ uid, gid }: Stats): boolean {
  return uid === gid;
}

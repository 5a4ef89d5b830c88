import { statSync, type Stats } from 'node:fs';
import * as process from 'node:process';
import { TpksError } from '../errors.js';
import { quoted } from '../shell-word.js';

/**
 * Rejects a folder in which other users can replace files: they could redirect a login to their own
 * server, or replace a key. Root can do so anyway. A missing folder is accepted.
 * @throws {TpksError} `storage` with the command that fixes the permissions.
 */
export function refuseSharedFolder(path: string): void {
  const stats = readStats(path);
  // Windows has neither owners nor permission bits of this kind.
  const user = process.geteuid?.();
  if (stats === undefined || user === undefined) return;
  if ((stats.mode & (isPrivateGroup(stats) ? 0o002 : 0o022)) !== 0) {
    throw new TpksError('storage', `Other users can write to ${path}`, {
      hint: `chmod go-w ${quoted(path)}, or choose another place with TPKS_HOME`,
    });
  }
  if (stats.uid !== user && stats.uid !== 0) {
    throw new TpksError('storage', `${path} belongs to another user (uid ${String(stats.uid)})`, {
      hint: `sudo chown ${String(user)} ${quoted(path)}, or choose another place with TPKS_HOME`,
    });
  }
}

/** @returns `undefined` on any error, which the next use of the folder reports. */
function readStats(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Many distributions give each user a private group whose number is that of the user, and a umask of
 * 002 that lets this group write.
 */
function isPrivateGroup({ uid, gid }: Stats): boolean {
  return uid === gid;
}

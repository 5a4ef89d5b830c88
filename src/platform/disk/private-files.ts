import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  statfsSync,
  statSync,
  type Stats,
} from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { TpksError } from '../../base/errors.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import { type Alternative, formatAlternative, isMissing, otherTpksHome } from './disk-error.js';

// Files and folders that other users cannot read or change, and safe names for them.

/** The permission bits of a file, and the ids of its owner and its group. */
export type Permissions = Pick<Stats, 'mode' | 'uid' | 'gid'>;

/**
 * Rejects a folder in which other users can replace files. Accepts folders owned by root, and a missing folder.
 * @throws {TpksError} `storage` with the command that fixes the permissions.
 */
export function rejectSharedFolder(path: string, alternative: Alternative = otherTpksHome): void {
  const stats = readStats(path);
  if (stats !== undefined) rejectShared(path, stats, alternative);
}

/** Rejects a file under the same conditions as a folder. @see rejectSharedFolder */
export function rejectShared(
  path: string,
  stats: Permissions,
  alternative: Alternative = otherTpksHome,
): void {
  // Windows has no owners and permission bits of this kind.
  const user = process.geteuid?.();
  if (user === undefined) return;
  const otherPlace = formatAlternative(alternative);
  if ((stats.mode & (isPrivateGroup(stats) ? 0o002 : 0o022)) !== 0) {
    throw new TpksError('storage', `Other users can write to ${path}`, {
      hint: `chmod go-w ${alwaysQuoteForShell(path)}, or ${otherPlace}`,
    });
  }
  if (stats.uid !== user && stats.uid !== 0) {
    throw new TpksError('storage', `${path} belongs to another user (uid ${String(stats.uid)})`, {
      hint: `sudo chown ${String(user)} ${alwaysQuoteForShell(path)}, or ${otherPlace}`,
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

/** Many Linux distributions give each user a private group with the user's number, which may write (umask 002). */
function isPrivateGroup({ uid, gid }: Permissions): boolean {
  return uid === gid;
}

/** Creates a folder and its missing parents, accessible only to this user. Existing ones are unchanged. */
export function ensureFolder(path: string): void {
  try {
    createFolder(path);
  } catch (error) {
    if (readStats(path)?.isDirectory() !== true) throw error;
  }
}

/** Not `recursive`, because on a read-only disk Node would then report a missing folder. */
function createFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
    ensureFolder(dirname(path));
    mkdirSync(path, { mode: 0o700 });
  }
}

/**
 * Like {@link ensureFolder}, for a folder that contains secrets: removes all permissions of others from it.
 * @throws {TpksError} `storage` if other users can write to it.
 */
export function ensurePrivateFolder(path: string): void {
  ensureFolder(path);
  rejectSharedFolder(path);
  if (isAccessibleToOthers(statSync(path).mode)) chmodSync(path, 0o700);
}

/** Enough for the session of most users. */
const neededBytes = 16 * 1024;

/**
 * Tests whether files can be created in a folder, without creating one. Quotas and the access control lists of
 * Windows are not tested.
 * @throws file system errors: `EACCES`, `EROFS`, or `ENOSPC` if the disk is full.
 */
export function testFolder(path: string): void {
  accessSync(path, constants.W_OK | constants.X_OK);
  const { blocks, bfree, bavail, bsize, files, ffree } = statfsSync(path);
  // Only root may use the blocks that the file system reserves.
  const freeBlocks = process.geteuid?.() === 0 ? bfree : bavail;
  // Some file systems report no sizes, or no number of files.
  const isFull = blocks > 0 && freeBlocks * bsize < neededBytes;
  if (!isFull && (files === 0 || ffree > 0)) return;
  throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
}

/** Whether the group or others have any permission. Always `false` on Windows. */
export function isAccessibleToOthers(mode: number): boolean {
  return process.platform !== 'win32' && (mode & 0o077) !== 0;
}

/** The SHA-256 of a text in UTF-8, in hexadecimal. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Converts a name to a file name without an extension, e.g. `cody-api.example.com-1f0c...`: safe (it cannot
 * point outside its folder), unique even if the file system ignores case, and readable.
 */
export function toFileName(name: string): string {
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  const unique = hashText(name).slice(0, 32);
  return readable === '' ? unique : `${readable}-${unique}`;
}

import { statSync } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { geteuid } from 'node:process';
import { readText, userFileOptions } from '../disk/bounded-read.js';
import { diskError, ignoreMissing, isMissing, withDiskErrors } from '../disk/disk-error.js';
import { ensureFolder, isAccessibleToOthers } from '../disk/folder.js';
import { replaceFile } from '../disk/reserved-file.js';
import { rejectSharedFolder } from '../disk/shared-folder.js';
import { removeTemporaryFiles } from '../disk/temporary-files.js';
import { TpksError } from '../errors.js';
import { alwaysQuoteForShell } from '../shell-quote.js';
import { formatPksCreds, parsePksCreds, type PksCreds } from './pks-creds-file.js';

/**
 * Reads `creds.yml`.
 * @returns `undefined` if the file does not exist.
 * @throws {TpksError} `storage` if it cannot be read; `usage` if it has another format.
 */
export function readPksCreds(path: string): PksCreds | undefined {
  let content: string;
  try {
    content = readText(path, { maximumBytes: userFileOptions.maximumBytes });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw diskError(error, 'read', path);
  }
  return parsePksCreds(content, path);
}

/**
 * Finds out whether other users can read or replace the tokens in `creds.yml`.
 * @returns a sentence with the command that fixes it; `undefined` if only this user can access the file,
 *   if it does not exist, and on Windows.
 */
export function findPksCredsProblem(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  const user = geteuid?.();
  if (stats === undefined || user === undefined) return undefined;
  const quotedPath = alwaysQuoteForShell(path);
  if (stats.uid !== user) {
    const owner = `belongs to another user (uid ${String(stats.uid)})`;
    return `${path} ${owner}; to fix it: sudo chown ${String(user)} ${quotedPath}`;
  }
  if (!isAccessibleToOthers(stats.mode)) return undefined;
  return `other users can access the tokens in ${path}; to fix it: chmod 600 ${quotedPath}`;
}

/**
 * Replaces `creds.yml` atomically with a file that only this user can read. A missing folder is created
 * with mode 0700.
 * @throws {TpksError} `storage` if it cannot be written, if other users can write to the folder, or if
 *   the file is a symbolic link, because the tokens could end up in a repository of configuration files.
 */
export async function writePksCreds(path: string, creds: PksCreds): Promise<void> {
  await withDiskErrors('write', path, async () => {
    await ensureFolder(dirname(path));
    rejectSharedFolder(dirname(path));
    await rejectSpecialFile(path);
    await replaceFile(path, formatPksCreds(creds));
  });
}

/**
 * Deletes `creds.yml`, and temporary files of processes that were killed while writing it.
 * @returns whether there was a file to delete.
 * @throws {TpksError} `storage` if it cannot be deleted, or is not a regular file.
 */
export async function removePksCreds(path: string): Promise<boolean> {
  return withDiskErrors('write', path, async () => {
    const removed = await ignoreMissing(async () => {
      await removeTemporaryFiles(path, 'stale');
      await rejectSpecialFile(path);
      await rm(path);
      return true;
    });
    return removed ?? false;
  });
}

async function rejectSpecialFile(path: string): Promise<void> {
  const stats = await ignoreMissing(() => lstat(path));
  if (stats === undefined || stats.isFile()) return;
  const kind = stats.isSymbolicLink() ? 'a symbolic link' : 'not a regular file';
  throw new TpksError('storage', `Cannot write ${path}: it is ${kind}`, {
    hint: 'delete it, or set PKS_HOME to another folder',
  });
}

import { statSync } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { geteuid } from 'node:process';
import { readText, userFileOptions } from '../disk/bounded-read.js';
import { diskError, ignoreMissing, isMissing } from '../disk/disk-error.js';
import { ensureFolder, isAccessibleToOthers } from '../disk/folder.js';
import { replaceFile } from '../disk/reserved-file.js';
import { rejectSharedFolder } from '../disk/shared-folder.js';
import { removeTemporaryFiles } from '../disk/temporary-files.js';
import { isTpksError, rewordError, TpksError } from '../errors.js';
import { alwaysQuoteForShell } from '../shell-quote.js';
import { formatPksCreds, parsePksCreds, type PksCreds } from './pks-creds-file.js';

/**
 * Reads `creds.yml`.
 * @returns `undefined` if the file does not exist.
 * @throws {TpksError} `storage` if it cannot be read; `usage` if it has an unknown format.
 */
export function readPksCreds(path: string): PksCreds | undefined {
  let content: string;
  try {
    content = readText(path, { maximumBytes: userFileOptions.maximumBytes });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw toPksCredsError(error, 'read', path);
  }
  return parsePksCreds(content, path);
}

/**
 * Checks whether other users can read or replace the tokens in a file of `pks` or `uaac`.
 * @returns a sentence with the command that fixes the problem; `undefined` if only this user can access
 *   the file, if the file does not exist, and on Windows.
 */
export function findTokenFileProblem(path: string): string | undefined {
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
  await withWriteErrors(path, async () => {
    await ensureFolder(dirname(path));
    rejectSharedFolder(dirname(path));
    await rejectSpecialFile(path);
    await replaceFile(path, formatPksCreds(creds));
  });
}

/**
 * Deletes `creds.yml`.
 * @returns whether the file existed.
 * @throws {TpksError} `storage` if it cannot be deleted, or is not a regular file.
 */
export async function removePksCreds(path: string): Promise<boolean> {
  return withWriteErrors(path, async () => {
    const removed = await ignoreMissing(async () => {
      await rejectSpecialFile(path);
      await rm(path);
      return true;
    });
    return removed ?? false;
  });
}

/**
 * Deletes temporary files of processes that were killed while writing `creds.yml`.
 * @throws {TpksError} `storage` if they cannot be deleted.
 */
export async function removeUnfinishedPksCreds(path: string): Promise<void> {
  await withWriteErrors(path, async () => {
    await ignoreMissing(() => removeTemporaryFiles(path, 'stale'));
  });
}

async function withWriteErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toPksCredsError(error, 'write', path);
  }
}

/**
 * Creates the error for a failed read or write. The hints for other files mention `TPKS_HOME`, but
 * `creds.yml` is in the folder that `PKS_HOME` names.
 */
function toPksCredsError(error: unknown, operation: 'read' | 'write', path: string): TpksError {
  const cause = isTpksError(error) ? error : diskError(error, operation, path);
  const { hint } = cause;
  return hint === undefined
    ? cause
    : rewordError(cause, { hint: hint.replaceAll('TPKS_HOME', 'PKS_HOME') });
}

async function rejectSpecialFile(path: string): Promise<void> {
  const stats = await ignoreMissing(() => lstat(path));
  if (stats === undefined || stats.isFile()) return;
  const kind = stats.isSymbolicLink() ? 'a symbolic link' : 'not a regular file';
  throw new TpksError('storage', `Cannot write ${path}: it is ${kind}`, {
    hint: 'delete it, or set PKS_HOME to another folder',
  });
}

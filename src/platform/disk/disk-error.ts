import { getSystemErrorMap } from 'node:util';
import { errorCode, errorMessage, isTpksError, TpksError } from '../../base/errors.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import { isRejectedFileError } from './bounded-read.js';

/**
 * What a hint suggests instead of a file that cannot be used: to set a variable to another folder, or, for a
 * file that the user has selected, the given hint.
 */
export type Alternative = { readonly folderVariable: string } | { readonly hint: string };

export const otherTpksHome: Alternative = { folderVariable: 'TPKS_HOME' };

/** Runs file operations. @throws {TpksError} `storage` with the path and the cause. */
export async function withDiskErrors<T>(
  operation: 'read' | 'write',
  path: string,
  work: () => T | Promise<T>,
  alternative: Alternative = otherTpksHome,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isTpksError(error) ? error : diskError(error, operation, path, alternative);
  }
}

/** Creates an error with the path, the cause and a hint. */
export function diskError(
  error: unknown,
  operation: 'read' | 'write',
  path: string,
  alternative: Alternative = otherTpksHome,
): TpksError {
  return new TpksError('storage', `Cannot ${operation} ${path}: ${describeDiskError(error)}`, {
    hint: createHint(error, path, alternative),
    cause: error,
  });
}

function createHint(error: unknown, path: string, alternative: Alternative): string {
  const otherPlace = formatAlternative(alternative);
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return `free some space, or ${otherPlace}`;
  if (code === 'EACCES' || code === 'EPERM') {
    return `change its owner or permissions, or ${otherPlace}`;
  }
  // The rejected file can be a folder of the user.
  if ('hint' in alternative) return otherPlace;
  if (isRejectedFileError(error)) {
    return `move the file away: mv ${alwaysQuoteForShell(path)} ${alwaysQuoteForShell(`${path}.bad`)}`;
  }
  if (code !== 'EROFS') return otherPlace;
  return (
    `set ${alternative.folderVariable} to a writable folder, or set TPKS_API and credentials in the ` +
    'environment, so that nothing is stored'
  );
}

export function formatAlternative(alternative: Alternative): string {
  return 'hint' in alternative
    ? alternative.hint
    : `set ${alternative.folderVariable} to another folder`;
}

/** The system's description, e.g. `no space left on device`, without the system call and the path. */
export function describeDiskError(error: unknown): string {
  const errno: unknown =
    typeof error === 'object' && error !== null && 'errno' in error ? error.errno : undefined;
  const entry = typeof errno === 'number' ? getSystemErrorMap().get(errno) : undefined;
  return entry?.[1] ?? errorMessage(error);
}

export function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}

/** For options that accept a path or the content itself: whether the text is not the path of a file. */
export function isNotFilePath(error: unknown): boolean {
  const codes = ['ENAMETOOLONG', 'ENOTDIR', 'ERR_INVALID_ARG_VALUE'];
  return isMissing(error) || codes.includes(errorCode(error) ?? '');
}

/** Runs file operations. @returns `undefined` if the file or folder does not exist. */
export async function ignoreMissing<T>(work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

import { getSystemErrorMap } from 'node:util';
import { errorCode, errorMessage, isTpksError, TpksError } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import { alwaysQuoteForShell } from '../../base/shell-quote.js';
import { isRejectedFileError } from './bounded-read.js';

/** Runs file operations. @throws {TpksError} `storage` with the path and the cause. */
export async function withDiskErrors<T>(
  operation: 'read' | 'write',
  path: string,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isTpksError(error) ? error : diskError(error, operation, path);
  }
}

/** Creates an error with the path, the cause and a hint. */
export function diskError(error: unknown, operation: 'read' | 'write', path: string): TpksError {
  return new TpksError('storage', `Cannot ${operation} ${path}: ${describeDiskError(error)}`, {
    hint: isRejectedFileError(error)
      ? `move the file away: mv ${alwaysQuoteForShell(path)} ${alwaysQuoteForShell(`${path}.bad`)}`
      : (getOwnValue(hints, errorCode(error) ?? '') ?? 'set TPKS_HOME to another folder'),
    cause: error,
  });
}

/** The system's description, e.g. `no space left on device`, without the system call and the path. */
export function describeDiskError(error: unknown): string {
  const errno: unknown =
    typeof error === 'object' && error !== null && 'errno' in error ? error.errno : undefined;
  const entry = typeof errno === 'number' ? getSystemErrorMap().get(errno) : undefined;
  return entry?.[1] ?? errorMessage(error);
}

const diskFullHint = 'free some space, or set TPKS_HOME to another folder';
const permissionHint = 'change its owner or permissions, or set TPKS_HOME to another folder';

const hints: Readonly<Record<string, string>> = {
  ENOSPC: diskFullHint,
  EDQUOT: diskFullHint,
  EACCES: permissionHint,
  EPERM: permissionHint,
  EROFS:
    'set TPKS_HOME to a writable folder, or set TPKS_API and credentials in the environment, ' +
    'so that nothing is stored',
};

export function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}

/** For options that accept a path or the content itself: whether the text is not the path of a file. */
export function isNotFilePath(error: unknown): boolean {
  const codes = ['ENAMETOOLONG', 'ENOTDIR', 'ERR_INVALID_ARG_VALUE'];
  return isMissing(error) || codes.includes(errorCode(error) ?? '');
}

/** Runs file operations. @returns `undefined` if the file or folder does not exist. */
export async function ignoreMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

import { getSystemErrorMap } from 'node:util';
import { errorCode, errorMessage, isTpksError, TpksError } from '../errors.js';
import { ownValue } from '../own-value.js';
import { quoted } from '../shell-word.js';
import { isRejectedFileError } from './bounded-read.js';

/**
 * Runs file operations and adds the path to their errors.
 * @throws {TpksError} `storage` with the path and the cause.
 */
export async function withDiskErrors<T>(
  doing: 'read' | 'write',
  path: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isTpksError(error) ? error : diskError(error, doing, path);
  }
}

/** The error with the path, the cause and a hint. */
export function diskError(error: unknown, doing: 'read' | 'write', path: string): TpksError {
  return new TpksError('storage', `Cannot ${doing} ${path}: ${diskErrorReason(error)}`, {
    hint: isRejectedFileError(error)
      ? `move it away: mv ${quoted(path)} ${quoted(`${path}.bad`)}`
      : (ownValue(hints, errorCode(error) ?? '') ?? 'choose another place with TPKS_HOME'),
    cause: error,
  });
}

/** The system's description (`no space left on device`), without the call and the path. */
export function diskErrorReason(error: unknown): string {
  const number: unknown =
    typeof error === 'object' && error !== null && 'errno' in error ? error.errno : undefined;
  const known = typeof number === 'number' ? getSystemErrorMap().get(number) : undefined;
  return known?.[1] ?? errorMessage(error);
}

const diskFullHint = 'free some space, or choose another place with TPKS_HOME';
const permissionHint =
  'make it yours, readable and writable, or choose another place with TPKS_HOME';

const hints: Readonly<Record<string, string>> = {
  ENOSPC: diskFullHint,
  EDQUOT: diskFullHint,
  EACCES: permissionHint,
  EPERM: permissionHint,
  EROFS:
    'choose a writable place with TPKS_HOME, or set TPKS_API and credentials in the environment: ' +
    'then nothing is stored',
};

/** Whether an operation failed because the file or folder does not exist. */
export function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}

/** For options that take a path or the content itself: whether the text is not the path of a file. */
export function isNoPath(error: unknown): boolean {
  const codes = ['ENAMETOOLONG', 'ENOTDIR', 'ERR_INVALID_ARG_VALUE'];
  return isMissing(error) || codes.includes(errorCode(error) ?? '');
}

/** @returns `undefined` if the file or folder does not exist. */
export async function unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

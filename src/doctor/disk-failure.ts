import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { geteuid } from 'node:process';
import { diskError } from '../disk/disk-error.js';
import { errorCode, isTpksError, type TpksError } from '../errors.js';
import { alwaysQuoteForShell } from '../shell-quote.js';

/** An error of Node that names a file. */
type FileError = Error & { readonly path: string };

/**
 * Describes a file system error and how to fix it.
 * @returns `undefined` for other errors.
 */
export function describeDiskFailure(
  error: unknown,
): { readonly message: string; readonly fix: string | undefined } | undefined {
  const cause = findFileError(error);
  if (cause === undefined) return undefined;
  const { message, hint }: TpksError = isTpksError(error)
    ? error
    : diskError(cause, 'read', cause.path);
  const isDenied = ['EACCES', 'EPERM'].includes(errorCode(cause) ?? '');
  return { message, fix: (isDenied ? describeAccess(cause.path) : undefined) ?? hint };
}

function findFileError(error: unknown): FileError | undefined {
  if (!(error instanceof Error)) return undefined;
  return isFileError(error) ? error : findFileError(error.cause);
}

function isFileError(error: Error): error is FileError {
  return 'path' in error && typeof error.path === 'string' && errorCode(error) !== undefined;
}

/** Describes how to open the file, or the first folder in its path that this user cannot open. */
function describeAccess(path: string): string | undefined {
  const denied = [...listAncestors(path), path].find((each) =>
    isInaccessible(each, each === path ? constants.R_OK : constants.X_OK),
  );
  if (denied === undefined) return undefined;
  const quoted = alwaysQuoteForShell(denied);
  return statSync(denied).uid === geteuid?.()
    ? `chmod u+rwX ${quoted}`
    : `set HOME to a folder of this user, or correct the owner: ls -ld ${quoted}`;
}

function listAncestors(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...listAncestors(parent), parent];
}

function isInaccessible(path: string, mode: number): boolean {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return false;
  try {
    accessSync(path, mode);
    return false;
  } catch {
    return true;
  }
}

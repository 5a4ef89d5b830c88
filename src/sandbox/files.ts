import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { isObject } from './body.js';

/** Whether an error of node:fs or node:process has this code, e.g. `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return isObject(error) && error['code'] === code;
}

/**
 * Runs file operations, and adds the path to their errors. node:fs reports no path for files that are
 * already open, e.g. if the disk is full.
 */
export function withPath<T>(path: string, operate: () => T): T {
  try {
    return operate();
  } catch (error) {
    throw isObject(error) && error['path'] === undefined ? Object.assign(error, { path }) : error;
  }
}

/** What the user can do about an error, which determines the exit code. */
type AdvisedErrorKind = 'failed' | 'storage' | 'unauthenticated' | 'unavailable' | 'untrusted';

/** An error that tells the user what to do next. */
export class AdvisedError extends Error {
  /** In lower case, with the command to type. */
  readonly advice: string;
  readonly kind: AdvisedErrorKind;

  constructor(message: string, advice: string, kind: AdvisedErrorKind = 'failed') {
    super(message);
    this.advice = advice;
    this.kind = kind;
  }
}

/** Creates the error for a file with unusable content. Its advice keeps the content. */
export function damagedFileError(message: string, path: string): AdvisedError {
  const backup = quote(`${path}.bad`);
  return new AdvisedError(
    message,
    `to start over, move the file away: mv ${quote(path)} ${backup}`,
  );
}

/** Quotes a path for a shell. On Windows, paths contain no double quotes. */
export function quote(path: string): string {
  if (process.platform === 'win32') return `"${path}"`;
  return `'${path.replaceAll("'", "'\\''")}'`;
}

/** Maximum size of a file that stores the sandbox's data; enough for several million rows. */
export const maximumStateFileBytes = 1024 ** 3;

/**
 * Reads a regular file. Pipes and devices are rejected, because reading them may never end.
 *
 * @param limit - maximum size in bytes.
 * @throws {Error} if the file cannot be read, is not a regular file, or is too large.
 */
export function readRegularFile(path: string, limit = 1024 * 1024): Buffer {
  // Without O_NONBLOCK, opening a named pipe waits for a writer.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
    if (stats.size > limit) throw new Error(`${path} is larger than ${String(limit)} bytes`);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

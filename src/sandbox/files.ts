import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { isObject } from './json.js';

/** Whether an error of node:fs or node:process has this code, e.g. `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
  return isObject(error) && error['code'] === code;
}

/**
 * Runs a file operation and adds the path to its error. node:fs omits the path if the file is already
 * open, e.g. when the disk is full.
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

/** An error with advice for the user. */
export class AdvisedError extends Error {
  /** In lower case, with the command to type. */
  readonly advice: string;
  readonly kind: AdvisedErrorKind;

  constructor(
    message: string,
    advice: string,
    kind: AdvisedErrorKind = 'failed',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.advice = advice;
    this.kind = kind;
  }
}

/** Quotes a path for a shell. On Windows, paths cannot contain double quotes. */
export function quote(path: string): string {
  if (process.platform === 'win32') return `"${path}"`;
  return `'${path.replaceAll("'", "'\\''")}'`;
}

/**
 * Reads a regular file. Pipes and devices are rejected, because reading them may never end.
 * @throws {Error} if the file cannot be read or is not a regular file.
 */
export function readRegularFile(path: string): Buffer {
  // Without O_NONBLOCK, opening a named pipe waits for a writer.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error(`${path} is not a regular file`);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

import { TpksError } from '../../base/errors.js';
import { readBytesAsync, readText, userFileOptions } from '../disk/bounded-read.js';
import { describeDiskError } from '../disk/disk-error.js';

/**
 * Reads a file that another file refers to.
 * @throws {TpksError} `usage` if it cannot be read, is not text or is too large.
 */
export function readReferencedFile(path: string): string {
  try {
    return readText(path, userFileOptions);
  } catch (error) {
    throw unreadableError(path, error);
  }
}

/**
 * Reads a file that can have any content.
 * @param input.name - names the file in the error.
 * @throws {TpksError} `usage` if it cannot be read or is too large.
 */
export async function readInputBytes(
  path: string,
  {
    name,
    hint,
    maximumBytes,
  }: { readonly name: string; readonly hint: string; readonly maximumBytes: number },
): Promise<Uint8Array> {
  return readBytesAsync(path, { ...userFileOptions, maximumBytes }).catch((error: unknown) => {
    throw unreadableError(name, error, hint);
  });
}

/** The error for a user's file that cannot be read. @param name - names the file in the error. */
export function unreadableError(
  name: string,
  cause: unknown,
  hint = 'check the path; nothing was sent',
): TpksError {
  const subject = name === '' ? 'a file with an empty name' : name;
  return new TpksError('usage', `Cannot read ${subject}: ${describeDiskError(cause)}`, {
    hint,
    cause,
  });
}

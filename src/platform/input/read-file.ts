import { TpksError } from '../../base/errors.js';
import { readBytesAsync, readText, readTextAsync, userFileOptions } from '../disk/bounded-read.js';
import { describeDiskError } from '../disk/disk-error.js';

/**
 * Reads a text file that was named on the command line.
 * @throws {TpksError} `usage` if it cannot be read, is not text or is too large.
 */
export async function readNamedFile(path: string, maximumBytes: number): Promise<string> {
  try {
    return await readTextAsync(path, { ...userFileOptions, maximumBytes });
  } catch (error) {
    throw unreadableError(path, error);
  }
}

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
  { name, hint, maximumBytes }: { name: string; hint: string; maximumBytes: number },
): Promise<Uint8Array> {
  try {
    return await readBytesAsync(path, { ...userFileOptions, maximumBytes });
  } catch (error) {
    throw unreadableError(name, error, hint);
  }
}

function unreadableError(
  path: string,
  cause: unknown,
  hint = 'check the path; nothing was sent',
): TpksError {
  const name = path === '' ? 'a file with an empty name' : path;
  return new TpksError('usage', `Cannot read ${name}: ${describeDiskError(cause)}`, {
    hint,
    cause,
  });
}

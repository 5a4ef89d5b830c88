import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** Limit for what the sandbox stores itself: several million rows. */
export const stateFileBytes = 1024 ** 3;

/** Certificates and keys take a few kilobytes. */
const smallFileBytes = 1024 * 1024;

/**
 * Reads a file. It must be a regular file, because a pipe or a device may never end.
 * @param limit - of its size in bytes.
 * @throws {Error} of node:fs, or if the file must not be read.
 */
export function readRegularFile(path: string, limit = smallFileBytes): Buffer {
  // Without the flag, opening a named pipe waits for a writer.
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

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** Maximum size of a file that stores the sandbox's data; enough for several million rows. */
export const maximumStateFileBytes = 1024 ** 3;

/** Enough for certificate and key files, which usually have a few kilobytes. */
const defaultMaximumBytes = 1024 * 1024;

/**
 * Reads a regular file. Pipes and devices are rejected, because reading them may never end.
 *
 * @param limit - maximum size in bytes.
 * @throws {Error} if the file cannot be read, is not a regular file, or is too large.
 */
export function readRegularFile(path: string, limit = defaultMaximumBytes): Buffer {
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

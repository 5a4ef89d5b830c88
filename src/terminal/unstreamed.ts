import { writeSync } from 'node:fs';

/**
 * Writes to a file descriptor directly: loading Node's streams takes a tenth of the start-up time.
 * @returns what could not be written, because a pipe is full or its reader has gone; a stream can
 *   handle both.
 */
export function writeUnstreamed(descriptor: number, text: string): Buffer {
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch {
    // The rest that is returned shows it.
  }
  return rest;
}

import { writeSync } from 'node:fs';

/**
 * Writes to a file, a pipe or a terminal by its number: to load the streams of Node for it takes a
 * tenth of a start.
 * @returns what it could not write, be it that a pipe does not wait for its reader or that the
 *   reader has gone: a stream knows what to do with it.
 */
export function writeUnstreamed(descriptor: number, text: string): Buffer {
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch {
    // What is left says it.
  }
  return rest;
}

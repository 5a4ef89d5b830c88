import { fstatSync, writeSync } from 'node:fs';

/**
 * Writes directly to a file descriptor, because loading Node's streams takes a tenth of the startup time.
 * @returns the bytes that could not be written because a pipe is full or closed. The caller writes them
 *   with a stream, which handles both cases.
 */
export function writeToDescriptor(descriptor: number, chunk: string | Uint8Array): Buffer {
  let rest = Buffer.from(chunk);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch {
    // The caller handles the returned rest.
  }
  return rest;
}

/**
 * Whether a stream may be a terminal, without opening it.
 * @param descriptor - `undefined` for a stream that has none.
 */
export function mayBeTerminal(descriptor: number | undefined): boolean {
  if (descriptor === undefined) return true;
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}

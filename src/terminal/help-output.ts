import { fstatSync } from 'node:fs';
import { createSink } from './sink.js';
import type { Screen } from './terminal.js';
import { writeToDescriptor } from './write-descriptor.js';

export type HelpOutput = ReturnType<typeof createHelpOutput>;

/**
 * Creates the output for requested help. It collects the text and writes all of it at once.
 * @param stdout - opened only if writing to the descriptor is not sufficient.
 * @param descriptor - file descriptor of stdout; `undefined` for a stream that has none.
 */
export function createHelpOutput(stdout: () => Screen, descriptor: number | undefined) {
  let text = '';
  return {
    /** Width of the terminal; `undefined` if stdout is not a terminal. */
    columns: () =>
      descriptor === undefined || isDevice(descriptor) ? stdout().columns : undefined,
    write: (piece: string) => {
      text += piece;
    },
    /** @throws {TpksError} `storage` (exit code 7) if the text cannot be written, e.g. on a full disk. */
    flush: async () => {
      const rest = descriptor === undefined ? text : writeToDescriptor(descriptor, text);
      text = '';
      if (rest.length > 0) await createSink(stdout).write(rest);
    },
  };
}

function isDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}

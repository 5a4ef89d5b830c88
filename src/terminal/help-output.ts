import { fstatSync } from 'node:fs';
import { createSink } from './sink.js';
import type { Screen } from './terminal.js';
import { writeUnstreamed } from './unstreamed.js';

/** Output for help that was requested. */
export interface HelpOutput {
  /** `undefined` if it is not a terminal. */
  readonly columns: () => number | undefined;
  readonly write: (text: string) => void;
}

/** Collects the pieces of the help and writes them at once. */
export interface FlushedHelpOutput extends HelpOutput {
  /** @throws {TpksError} `storage` (exit code 7) if it cannot be written, e.g. on a full disk. */
  readonly flush: () => Promise<void>;
}

/**
 * @param stdout - opened only if writing to the descriptor is not enough.
 * @param descriptor - of stdout; `undefined` for a stream without one.
 */
export function createHelpOutput(
  stdout: () => Screen,
  descriptor: number | undefined,
): FlushedHelpOutput {
  let text = '';
  return {
    columns: () =>
      descriptor === undefined || isDevice(descriptor) ? stdout().columns : undefined,
    write: (piece) => (text += piece),
    flush: async () => {
      const rest = descriptor === undefined ? text : writeUnstreamed(descriptor, text);
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

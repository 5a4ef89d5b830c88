import { fstatSync } from 'node:fs';
import { createSink } from './sink.js';
import { writeUnstreamed } from './unstreamed.js';

/** Where help goes that was asked for. */
export interface HelpOutput {
  /** `undefined` where nobody reads it on a terminal. */
  readonly columns: () => number | undefined;
  readonly write: (text: string) => void;
}

/** Help comes piece by piece and is written in one. */
export interface FlushedHelpOutput extends HelpOutput {
  /** @throws {TpksError} `failed` when it could not be written, e.g. on a full disk. */
  readonly flush: () => Promise<void>;
}

/** @param stdout - the stream of `descriptor`, opened only if there is no other way. */
export function createHelpOutput(
  stdout: () => NodeJS.WriteStream,
  descriptor: number,
): FlushedHelpOutput {
  let text = '';
  return {
    columns: () => (isDevice(descriptor) ? stdout().columns : undefined),
    write: (piece) => (text += piece),
    flush: async () => {
      const rest = writeUnstreamed(descriptor, text);
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

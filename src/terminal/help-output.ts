import { fstatSync, writeSync } from 'node:fs';

/** Where help goes that was asked for. */
export interface HelpOutput {
  /** `undefined` where nobody reads it on a terminal. */
  readonly columns: () => number | undefined;
  readonly write: (text: string) => void;
}

/**
 * A file or a pipe is written to without Node's streams, which take a tenth of a start to load.
 * @param stdout - opened only for anything else.
 * @throws what the system says of a full disk; a reader that has gone is nobody's failure.
 */
export function createHelpOutput(stdout: () => NodeJS.WriteStream, descriptor: number): HelpOutput {
  return {
    columns: () => (isFileOrPipe(descriptor) ? undefined : stdout().columns),
    write: (text) => {
      const rest = isFileOrPipe(descriptor) ? unwritten(descriptor, Buffer.from(text)) : text;
      if (rest.length > 0) stdout().on('error', ignore).write(rest);
    },
  };
}

function isFileOrPipe(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor);
    return stats.isFile() || stats.isFIFO() || stats.isSocket();
  } catch {
    return false;
  }
}

/** @returns what a pipe that does not wait for its reader has no room for. */
function unwritten(descriptor: number, bytes: Buffer): Buffer {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch (error) {
    const code = error instanceof Object && 'code' in error ? error.code : undefined;
    if (code === 'EPIPE') return bytes.subarray(bytes.length);
    if (code !== 'EAGAIN') throw error;
  }
  return rest;
}

/** What a closed pipe says: nobody reads any more, and nobody needs to know. */
function ignore(): void {
  // Nothing to do.
}

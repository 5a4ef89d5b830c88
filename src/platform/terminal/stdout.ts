import { fstatSync, writeSync } from 'node:fs';
import process from 'node:process';
import type { Writable } from 'node:stream';
import { errorCode, errorMessage, TpksError } from '../../base/errors.js';
import type { Pager } from './pager.js';
import type { Screen } from './terminal-io.js';

/**
 * Writes directly to a file descriptor, because loading Node's streams takes a tenth of the startup time.
 * @returns the bytes that a full or closed pipe did not accept, to be written with a stream.
 */
export function writeToDescriptor(descriptor: number, chunk: string | Uint8Array): Buffer {
  let rest = Buffer.from(chunk);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch {
    // The caller writes the rest with a stream, which reports the error.
  }
  return rest;
}

/**
 * Whether a descriptor is a terminal, or another character device such as `/dev/null`, whose output is discarded.
 * To tell them apart, the stream must be opened, which takes 2 to 5 ms in the standalone binary.
 */
export function isCharacterDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}

/** The output for the result: stdout, which may be a terminal, a pipe or a file. */
export interface Sink {
  /**
   * Writes a chunk. Resolves when the system has accepted it, so that a slow reader slows down the writer.
   * @throws {TpksError} `storage` (exit code 7) if the chunk cannot be written, e.g. on a full disk.
   */
  readonly write: (chunk: string | Uint8Array) => Promise<void>;
  /** Whether the reader has closed the stream. Later chunks are discarded. */
  readonly isClosed: () => boolean;
}

/** Errors after the reader has closed the pipe, as `head -1` does. This is not a failure. */
const readerGoneCodes = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/** The limit for all direct writes together. It fits into every pipe, so that a slow reader does not block the process. */
const maximumDirectBytes = 4096;

/**
 * @param open - returns the stream; called on the first write.
 * @param descriptor - if present, short texts are written to it without loading Node's streams.
 */
export function createSink(open: () => Writable, descriptor?: number): Sink {
  let stream: Writable | undefined;
  let closed = false;
  let directBytes = 0;
  return {
    isClosed: () => closed,
    async write(chunk) {
      if (closed || chunk.length === 0) return;
      const isDirect =
        stream === undefined &&
        directBytes + chunk.length <= maximumDirectBytes &&
        descriptor !== undefined &&
        // A Windows console would not read the bytes as UTF-8.
        !(process.platform === 'win32' && isCharacterDevice(descriptor));
      if (isDirect) directBytes += chunk.length;
      const rest = isDirect ? writeToDescriptor(descriptor, chunk) : chunk;
      if (rest.length === 0) return;
      const error = await new Promise<unknown>((resolve) => {
        stream ??= open();
        stream.write(rest, resolve);
      });
      if (error === null || error === undefined) return;
      if (readerGoneCodes.has(errorCode(error) ?? '')) closed = true;
      else {
        throw new TpksError('storage', `Cannot write the result: ${errorMessage(error)}`, {
          hint: 'free disk space, or redirect the output elsewhere; changes that the command made are not undone',
          cause: error,
        });
      }
    },
  };
}

export type HelpOutput = ReturnType<typeof createHelpOutput>;

/**
 * Collects requested help, and writes all of it at once.
 * @param stdout - opened only if writing to the descriptor (`undefined` for a stream that has none) is not
 *   sufficient.
 * @param pager - shows text that is longer than the screen; without it, the text is only written.
 */
export function createHelpOutput(
  stdout: () => Screen,
  descriptor: number | undefined,
  pager?: Pager,
) {
  const canBeTerminal = descriptor === undefined || isCharacterDevice(descriptor);
  let text = '';
  return {
    /** Width of the terminal; `undefined` if stdout is not a terminal. */
    columns: () => (canBeTerminal ? stdout().columns : undefined),
    write: (piece: string) => {
      text += piece;
    },
    /** @throws {TpksError} `storage` (exit code 7) if the text cannot be written, e.g. on a full disk. */
    flush: async () => {
      const all = text;
      text = '';
      if (pager !== undefined && canBeTerminal && (await pager(all))) return;
      const rest = descriptor === undefined ? all : writeToDescriptor(descriptor, all);
      if (rest.length > 0) await createSink(stdout).write(rest);
    },
  };
}

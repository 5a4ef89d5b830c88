import { fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { TpksError, errorCode, errorMessage, isTpksError, rewordError } from '../errors.js';
import { writeToDescriptor } from './write-descriptor.js';

/** The output for the result: stdout, which may be a terminal, a pipe or a file. */
export interface Sink {
  /**
   * Writes a chunk. Resolves when the system has accepted it, so that a slow reader slows down the
   * writer.
   * @throws {TpksError} `storage` (exit code 7) if the chunk cannot be written, e.g. on a full disk.
   */
  readonly write: (chunk: string | Uint8Array) => Promise<void>;
  /** Whether the reader has closed the stream. Later chunks are discarded. */
  readonly isClosed: () => boolean;
}

/** Errors after the reader has closed the pipe, as `head -1` does. This is not a failure. */
const readerGoneCodes = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/**
 * @param open - returns the stream; called when it is first needed.
 * @param descriptor - file descriptor of the stream. If it is a pipe or a file, a short output is
 *   written to it without opening the stream.
 */
export function createSink(open: () => Writable, descriptor?: number): Sink {
  let stream: Writable | undefined;
  let closed = false;
  let directBytes = 0;
  const writeDirectly = (chunk: string | Uint8Array): string | Uint8Array => {
    if (stream !== undefined || descriptor === undefined) return chunk;
    directBytes += Buffer.byteLength(chunk);
    if (directBytes > maximumDirectBytes || isDevice(descriptor)) return chunk;
    return writeToDescriptor(descriptor, chunk);
  };
  return {
    isClosed: () => closed,
    async write(whole) {
      if (closed || whole.length === 0) return;
      const chunk = writeDirectly(whole);
      if (chunk.length === 0) return;
      const error = await new Promise<unknown>((resolve) => {
        stream ??= open();
        stream.write(chunk, resolve);
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

/** A fraction of what a pipe holds, so that a slow reader does not block this process. */
const maximumDirectBytes = 16 * 1024;

/** Whether stdout is a terminal. Opens the stream only if its descriptor does not tell. */
export function hasTerminal(io: {
  readonly stdout: { readonly isTTY?: boolean };
  readonly stdoutDescriptor?: number;
}): boolean {
  const { stdoutDescriptor } = io;
  return (stdoutDescriptor === undefined || isDevice(stdoutDescriptor)) && io.stdout.isTTY === true;
}

/** Whether a file descriptor may be a terminal. */
export function isDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}

/**
 * Writes pieces as they arrive from their source.
 * @throws errors of the source. After the first piece, the message adds that the output is incomplete.
 */
export async function writePieces(pieces: AsyncIterable<string>, sink: Sink): Promise<void> {
  let isStarted = false;
  try {
    for await (const piece of pieces) {
      isStarted = true;
      await sink.write(piece);
      // Leaving the loop also stops the source.
      if (sink.isClosed()) return;
    }
  } catch (error) {
    if (!isStarted || !isTpksError(error)) throw error;
    throw rewordError(error, { message: `${error.message}; the output is incomplete` });
  }
}

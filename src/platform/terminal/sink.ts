import type { Writable } from 'node:stream';
import { TpksError, errorCode, errorMessage } from '../../base/errors.js';
import { mayBeTerminal, writeToDescriptor } from './write-descriptor.js';

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

/** Fits into the buffer of every pipe, so that a slow reader does not block the process. */
const maximumDirectBytes = 4096;

/**
 * @param open - returns the stream; called on the first write.
 * @param descriptor - file descriptor of the stream. If present, small texts at the start are written
 *   to a pipe or a file without loading Node's streams.
 */
export function createSink(open: () => Writable, descriptor?: number): Sink {
  let stream: Writable | undefined;
  let closed = false;
  return {
    isClosed: () => closed,
    async write(chunk) {
      if (closed || chunk.length === 0) return;
      const isDirect = stream === undefined && chunk.length <= maximumDirectBytes;
      const rest =
        isDirect && descriptor !== undefined && !mayBeTerminal(descriptor)
          ? writeToDescriptor(descriptor, chunk)
          : chunk;
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

import type { Writable } from 'node:stream';
import { TpksError, errorCode, errorMessage, isTpksError, reworded } from '../errors.js';

/** Output for the result: stdout, no matter what it is connected to. */
export interface Sink {
  /**
   * Resolves once the chunk is handed over, so that a slow reader slows the writer down.
   * @throws {TpksError} `storage` (exit code 7) if it cannot be written, e.g. on a full disk.
   */
  readonly write: (chunk: string | Uint8Array) => Promise<void>;
  /** Whether the reader has closed the stream; everything written after that is dropped. */
  readonly isClosed: () => boolean;
}

/** A reader that has seen enough, such as `head -1`, is no failure. */
const readerGoneCodes = new Set(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

/** @param open - called at the first write. */
export function createSink(open: () => Writable): Sink {
  let stream: Writable | undefined;
  let closed = false;
  return {
    isClosed: () => closed,
    async write(chunk) {
      if (closed || chunk.length === 0) return;
      const error = await new Promise<unknown>((resolve) => {
        stream ??= open();
        stream.write(chunk, resolve);
      });
      if (error === null || error === undefined) return;
      if (readerGoneCodes.has(errorCode(error) ?? '')) closed = true;
      else {
        throw new TpksError('storage', `Cannot write the result: ${errorMessage(error)}`, {
          cause: error,
        });
      }
    },
  };
}

/**
 * Writes pieces as their source provides them.
 * @throws what the source throws; after the first piece, the message adds that the output is incomplete.
 */
export async function writePieces(pieces: AsyncIterable<string>, sink: Sink): Promise<void> {
  let isStarted = false;
  try {
    for await (const piece of pieces) {
      isStarted = true;
      await sink.write(piece);
      // Leaving the loop ends the source.
      if (sink.isClosed()) return;
    }
  } catch (error) {
    if (!isStarted || !isTpksError(error)) throw error;
    throw reworded(error, { message: `${error.message}; the output is incomplete` });
  }
}

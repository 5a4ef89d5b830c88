import type { Readable } from 'node:stream';

/** Reads lines that a script pipes to stdin, one per prompt. */
export interface LineReader {
  /** @returns `undefined` at the end of the input, or if no line arrives in time. */
  readonly next: () => Promise<string | undefined>;
  /** Stops reading, so that an open pipe does not delay the exit. */
  readonly close: () => void;
}

/** Longer than any valid input, to stop reading an endless stream without line breaks. */
const maximumLineLength = 64 * 1024;

/** @param milliseconds - how long to wait for each line. */
export function createLineReader(stream: Readable, milliseconds: number): LineReader {
  let chunks: AsyncIterator<Buffer | string, undefined> | undefined;
  const decoder = new TextDecoder();
  let text = '';
  let isAtEnd = false;
  const readChunk = async (): Promise<void> => {
    chunks ??= (stream as AsyncIterable<Buffer | string, undefined>)[Symbol.asyncIterator]();
    const { done, value } = await withTimeout(chunks.next(), milliseconds);
    isAtEnd = done === true;
    if (!isAtEnd)
      text += typeof value === 'string' ? value : decoder.decode(value, { stream: true });
  };
  return {
    next: async () => {
      while (!text.includes('\n') && !isAtEnd && text.length < maximumLineLength) await readChunk();
      if (text === '') return undefined;
      const end = text.indexOf('\n');
      const line = end === -1 ? text : text.slice(0, end);
      text = end === -1 ? '' : text.slice(end + 1);
      return line.replace(/\r$/, '');
    },
    close: () => {
      if (chunks !== undefined) stream.destroy();
    },
  };
}

/** Ends the input if no line arrives in time: a pipe without a writer must not block a job forever. */
async function withTimeout<T>(
  next: Promise<IteratorResult<T, undefined>>,
  milliseconds: number,
): Promise<IteratorResult<T, undefined>> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<IteratorResult<T, undefined>>((resolve) => {
    timer = setTimeout(resolve, milliseconds, { done: true, value: undefined });
  });
  try {
    return await Promise.race([next, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

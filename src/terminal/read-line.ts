import { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';

/** Longer than any valid input, to stop reading an endless stream without line breaks. */
const maximumLineBytes = 4096;

/**
 * Reads only the next line of a stream that scripts write to, because it may be endless, such as the
 * output of `yes`.
 *
 * @returns `undefined` at the end of input, or if no line arrives in time.
 */
export function readLine(stream: Readable, milliseconds: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    let read = Buffer.alloc(0);
    const finish = (line: string | undefined): void => {
      clearTimeout(timer);
      stream.off('data', onData).off('end', onEnd).off('error', onEnd).pause();
      resolve(line);
    };
    const onData = (chunk: Buffer | string): void => {
      read = Buffer.concat([read, Buffer.from(chunk)]);
      const end = read.indexOf('\n');
      if (end !== -1) finish(read.toString('utf8', 0, end).replace(/\r$/, ''));
      else if (read.length > maximumLineBytes) finish(undefined);
    };
    const onEnd = (): void => {
      finish(read.length === 0 ? undefined : read.toString('utf8'));
    };
    const timer = setTimeout(finish, milliseconds, undefined);
    if (stream.readableEnded) onEnd();
    else stream.on('data', onData).on('end', onEnd).on('error', onEnd).resume();
  });
}

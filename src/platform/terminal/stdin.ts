import { isUtf8, Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';
import { TpksError, errorMessage, isTpksError } from '../../base/errors.js';
import { formatBytes } from '../disk/bounded-read.js';

/** Reads all of stdin for one input. */
export interface StdinReader {
  /**
   * Reads all of stdin, for `--password-stdin` and `-`. Later calls for the same input return the same text.
   * @param name - the option, argument or variable that is on stdin, e.g. `--password-stdin`.
   * @param maximumBytes - 16 MiB if absent.
   * @throws {TpksError} `usage` if another input is on stdin, and as {@link readAll}.
   */
  readonly readStdin: (name: string, maximumBytes?: number) => Promise<string>;
  /** The input that `readStdin` has read, e.g. `--file`; `undefined` if stdin was not read. */
  readonly stdinName: () => string | undefined;
}

/** @param open - opens stdin, on first use. */
export function createStdinReader(open: () => Readable): StdinReader {
  let input: { readonly name: string; readonly text: Promise<string> } | undefined;
  return {
    async readStdin(name, maximumBytes) {
      input ??= { name, text: readAll(open(), maximumBytes) };
      if (input.name !== name) throw stdinReadTwiceError([input.name, name]);
      return input.text;
    },
    stdinName: () => input?.name,
  };
}

/** The size limit of a request body. Standard input can be an endless device. */
const maximumInputBytes = 16 * 1024 * 1024;

/** Reads UTF-8 to its end. @throws {TpksError} `usage` if too large or not UTF-8; `failed` if it cannot be read. */
async function readAll(
  stream: Readable,
  maximumBytes: number = maximumInputBytes,
): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer | string>) {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes);
      length += bytes.length;
      if (length > maximumBytes)
        throw invalidInputError(`too large (limit ${formatBytes(maximumBytes)})`);
    }
    const bytes = Buffer.concat(chunks);
    // Replacement characters would change a password without a message.
    if (!isUtf8(bytes)) throw invalidInputError('not UTF-8 text');
    return bytes.toString('utf8');
  } catch (error) {
    if (isTpksError(error)) throw error;
    throw new TpksError('failed', `Cannot read standard input: ${errorMessage(error)}`, {
      hint: 'redirect a file or a pipe to it: COMMAND < FILE',
      cause: error,
    });
  }
}

function invalidInputError(reason: string): TpksError {
  return new TpksError('usage', `Standard input is ${reason}`, {
    hint: 'check the input; nothing was sent',
  });
}

/** @param names - the options, arguments or variables that are on stdin, e.g. `--ca-cert`. */
export function stdinReadTwiceError(names: readonly string[]): TpksError {
  const subject = `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  return new TpksError('usage', `${subject} use stdin, which can be read only once`, {
    hint: 'use a file or an environment variable for all but one of them',
  });
}

/** Longer than any valid input, to stop reading an endless stream without line breaks. */
const maximumLineBytes = 4096;

/**
 * Reads only the next line of a stream that scripts write to, because it may be endless, as from `yes`.
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

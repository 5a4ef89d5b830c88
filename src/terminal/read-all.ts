import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { formatBytes } from '../disk/bounded-read.js';
import { TpksError, errorMessage, isTpksError } from '../errors.js';

/** The size limit of a request body. Standard input can be an endless device. */
const maximumInputBytes = 16 * 1024 * 1024;

/**
 * Reads a stream until its end, as UTF-8.
 * @throws {TpksError} `usage` if it is too large or not UTF-8; `failed` if it cannot be read.
 */
export async function readAll(
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

/**
 * Creates the error for several inputs on stdin.
 * @param names - the options, arguments or variables, e.g. `--ca-cert`.
 */
export function stdinReadTwiceError(names: readonly string[]): TpksError {
  const subject = `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  return new TpksError('usage', `${subject} use stdin, which can be read only once`, {
    hint: 'use a file or an environment variable for all but one of them',
  });
}

import type { Readable } from 'node:stream';
import { TpksError, errorMessage, isTpksError } from '../errors.js';

/** The size limit of a request body. Standard input can be an endless device. */
const maximumInputBytes = 16 * 1024 * 1024;

/**
 * Reads a stream until its end, as UTF-8.
 * @throws {TpksError} `usage` if it is larger than 16 MiB; `failed` if it cannot be read.
 */
export async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer | string>) {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes);
      length += bytes.length;
      if (length > maximumInputBytes) {
        throw new TpksError('usage', 'Standard input is too large (limit 16 MiB)', {
          hint: 'check the input; nothing was sent',
        });
      }
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    if (isTpksError(error)) throw error;
    throw new TpksError('failed', `Cannot read standard input: ${errorMessage(error)}`, {
      hint: 'redirect a file or a pipe to it: COMMAND < FILE',
      cause: error,
    });
  }
}

import { TpksError } from '../errors.js';
import type { HttpResponse } from './send.js';

/** Size limit for bodies that are read into memory. */
const maximumBytes = 16 * 1024 * 1024;

/**
 * Reads a whole body as UTF-8 text.
 * @param host - for the error message.
 * @throws {TpksError} `unavailable` if the body is larger than 16 MiB.
 */
export async function readText(chunks: AsyncIterable<Uint8Array>, host: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > maximumBytes) {
      throw new TpksError('unavailable', `The response from ${host} is larger than 16 MiB`, {
        hint: 'check the address; tpks curl accepts responses of any size',
      });
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Returns a response whose body, which has been read, can be read again. */
export function withText(response: HttpResponse, text: string): HttpResponse {
  return {
    status: response.status,
    headers: response.headers,
    text: () => Promise.resolve(text),
    stream: async function* () {
      yield await Promise.resolve(Buffer.from(text));
    },
  };
}

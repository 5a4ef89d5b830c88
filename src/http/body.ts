import { TpksError } from '../errors.js';
import type { HttpResponse } from './send.js';

/** Limit for bodies that are read as a whole. */
const maximumBytes = 16 * 1024 * 1024;

/**
 * @param host - named in the error.
 * @throws {TpksError} `unavailable` past 16 MiB.
 */
export async function readText(chunks: AsyncIterable<Uint8Array>, host: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > maximumBytes) {
      throw new TpksError('unavailable', `The response from ${host} is larger than 16 MiB`, {
        hint: 'check that the address is right; tpks curl streams bodies of any size',
      });
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** A response whose body was already read, to be passed on. */
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

import type { Deadline } from './deadline.js';
import { readText } from './body.js';
import { toNetworkError } from './network-error.js';
import type { HttpResponse } from './send.js';

/** Minimum number of bytes of a streamed body that must arrive within each timeout. */
const minimumStreamedBytes = 16 * 1024;

export interface ResponseParts extends Pick<HttpResponse, 'status' | 'headers'> {
  readonly url: string;
  readonly deadline: Deadline;
  /** Reads the body. Throws an error with a code, such as `ECONNRESET`, if the body is incomplete. */
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

/** Creates a response whose body is limited in time, and in size if it is read as text. */
export function createResponse(parts: ResponseParts): HttpResponse {
  const { status, headers, url } = parts;
  return {
    status,
    headers,
    text: () => readText(readChunks(parts, Number.POSITIVE_INFINITY), new URL(url).host),
    stream: () => readChunks(parts, minimumStreamedBytes),
  };
}

async function* readChunks(
  { url, deadline, chunks }: ResponseParts,
  minimumBytes: number,
): AsyncIterable<Uint8Array> {
  let arrivedBytes = 0;
  try {
    for await (const chunk of chunks()) {
      arrivedBytes += chunk.byteLength;
      // The reader may be slow, e.g. a pager that waits for a key.
      deadline.pause();
      yield chunk;
      if (arrivedBytes < minimumBytes) deadline.resume();
      else {
        arrivedBytes = 0;
        deadline.extend();
      }
    }
  } catch (error) {
    throw deadline.timeoutError() ?? toNetworkError(error, url);
  } finally {
    deadline.end();
  }
}

/**
 * Returns why a response cannot be used for any request, or `undefined`. tpks does not accept compressed
 * bodies, because a small one could decompress to gigabytes. Only `tpks curl` can request one, and it
 * prints the body without decompressing it.
 * @see RFC 9110, sections 8.4 and 15
 */
export function findResponseProblem(
  { status, headers }: Pick<HttpResponse, 'status' | 'headers'>,
  requested: Readonly<Record<string, string>>,
): string | undefined {
  if (status === 101) return protocolSwitchProblem;
  if (status < 200 || status > 599) return `HTTP ${String(status)}`;
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  const isPlain = encoding === '' || encoding === 'identity';
  if (isPlain || requested['accept-encoding'] !== undefined) return undefined;
  return `the response is encoded with ${encoding}`;
}

export const protocolSwitchProblem = 'it switched protocols (HTTP 101)';

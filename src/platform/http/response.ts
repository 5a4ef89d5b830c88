import { TpksError, type ErrorDetails } from '../../base/errors.js';
import { hostOf } from '../../base/pks-conventions.js';
import { formatBytes } from '../disk/bounded-read.js';
import { toNetworkError } from './network-error.js';
import type { HttpRequest, HttpResponse } from './send.js';
import type { Deadline } from './time-limits.js';

/** Default size limit for bodies that are read into memory. */
const maximumTextBytes = 16 * 1024 * 1024;

/** Size limit of a list, enough for about 300,000 clusters, which need half a gigabyte of memory as objects. */
export const maximumListBytes = 128 * 1024 * 1024;

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
    text: (maximumBytes = maximumTextBytes) =>
      readText(readChunks(parts, Number.POSITIVE_INFINITY), hostOf(url), maximumBytes),
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

async function readText(
  chunks: AsyncIterable<Uint8Array>,
  host: string,
  maximumBytes: number,
): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > maximumBytes) throw tooLargeError(`The response from ${host}`, maximumBytes);
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** @param what - starts the message, e.g. `The list`. */
export function tooLargeError(what: string, maximumBytes: number): TpksError {
  return new TpksError('unavailable', `${what} is larger than ${formatBytes(maximumBytes)}`, {
    hint: 'check the address; tpks curl and tpks uaa curl accept responses of any size',
  });
}

/**
 * Finds an error that applies to any request. Compressed bodies are not accepted, because a small one could
 * decompress to gigabytes; only `tpks curl` can request one, and prints it unchanged.
 * @see RFC 9110, sections 8.4 and 15
 */
export function findResponseError(
  { status, headers }: Pick<HttpResponse, 'status' | 'headers'>,
  { url, headers: requested = {} }: HttpRequest,
): TpksError | undefined {
  if (status === 101) return protocolSwitchError(url);
  if (status < 200 || status > 599) {
    return unexpectedResponseError(url, `HTTP ${String(status)}`, status);
  }
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  const isPlain = encoding === '' || encoding === 'identity';
  if (isPlain || requested['accept-encoding'] !== undefined) return undefined;
  return unexpectedResponseError(url, `the response is encoded with ${encoding}`, status);
}

export function protocolSwitchError(url: string): TpksError {
  return unexpectedResponseError(url, 'it switched protocols (HTTP 101)', 101);
}

/** The error for a response that neither a PKS API nor a UAA sends. @param reason - e.g. `HTTP 304`. */
export function unexpectedResponseError(url: string, reason: string, status?: number): TpksError {
  const host = hostOf(url);
  return unexpectedResponseFrom(host, reason, { status, host });
}

/** Like {@link unexpectedResponseError}, if the URL is not known. @param sender - e.g. `The server`. */
export function unexpectedResponseFrom(
  sender: string,
  reason: string,
  details: Pick<ErrorDetails, 'status' | 'host'> = {},
): TpksError {
  return new TpksError('unavailable', `${sender} did not send a valid response: ${reason}`, {
    hint: 'check that the address points to the API or the UAA itself, then try again',
    ...details,
  });
}

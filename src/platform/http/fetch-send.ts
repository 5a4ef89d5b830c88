import { errorCode } from '../../base/errors.js';
import { getOwnValue } from '../../base/json-value.js';
import type { HttpsSendDeps } from './https-send.js';
import {
  codedError,
  describeCertificateProblem,
  toNetworkError,
  wrongHost,
} from './network-error.js';
import { createResponse, findResponseError, protocolSwitchError } from './response.js';
import type { HttpRequest, HttpResponse, Send } from './send.js';
import { createDeadline } from './time-limits.js';
import { createTrustStages } from './certificate-authorities.js';

// The standalone build imports this module instead of https-send.ts: see src/package.json.
export { createFetchSend as createHttpsSend };

/**
 * Sends requests with the `fetch` of the standalone binary's runtime, because loading `node:https` there
 * takes as long as the rest of a command. Falls back to `createHttpsSend` for requests that are not
 * {@link isSuitable}, and for all but the first to a server, because `fetch` cannot reuse a connection that
 * {@link verifyName} has checked.
 */
function createFetchSend(deps: HttpsSendDeps): Send {
  const [readRoots = () => []] = createTrustStages(deps);
  let tls: TlsOptions | undefined;
  const getTls = (): TlsOptions => (tls ??= createTlsOptions(deps, readRoots()));

  let fallback: Promise<Send> | undefined;
  const sendWithFallback: Send = async (request) => {
    fallback ??= import('./https-send.js').then(({ createHttpsSend }) => createHttpsSend(deps));
    return (await fallback)(request);
  };

  const knownServers = new Set<string>();
  return async (request) => {
    const timeoutSeconds = request.timeoutSeconds ?? deps.timeoutSeconds;
    const { origin } = new URL(request.url);
    const isKnown = knownServers.has(origin);
    knownServers.add(origin);
    if (deps.proxy !== undefined || fallback !== undefined || isKnown || !isSuitable(request)) {
      return sendWithFallback(request);
    }
    try {
      return await sendOnce(request, getTls(), timeoutSeconds);
    } catch (error) {
      // Nothing was sent. node:https tries the next trust stage, and its errors are more precise.
      if (isBeforeRequest(error)) return sendWithFallback(request);
      throw toNetworkError(error, request.url);
    }
  };
}

/** The options of the runtime's `fetch` that Node's types do not contain. */
interface RuntimeOptions {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
  readonly redirect: 'manual';
  readonly decompress: false;
  /** `false`: do not reuse connections. If the server closes a reused one, `fetch` repeats PUT and DELETE. */
  readonly keepalive: false;
  /** `false`: ignore `ALL_PROXY`, which tpks does not support. */
  readonly proxy: false;
  /** `false`: no time limit other than the signal. */
  readonly timeout: false;
  /** `false`: do not print headers, even if an environment variable requests it. */
  readonly verbose: false;
  readonly tls: TlsOptions;
}

interface TlsOptions {
  readonly ca?: readonly string[];
  readonly ciphers: string;
  /** Without this option, an environment variable could disable the verification. */
  readonly rejectUnauthorized: boolean;
  readonly checkServerIdentity?: typeof verifyName;
}

type RuntimeResponse = Awaited<ReturnType<typeof fetch>>;

const runtimeFetch = fetch as unknown as (
  url: string,
  options: RuntimeOptions,
) => Promise<RuntimeResponse>;

/** @throws errors with the codes of `node:https`. */
async function callFetch(url: string, options: RuntimeOptions): Promise<RuntimeResponse> {
  try {
    return await runtimeFetch(url, options);
  } catch (error) {
    if (errorCode(error) !== 'UnrequestedUpgrade') throw toKnownError(error);
    throw protocolSwitchError(url);
  }
}

/** The headers that `fetch` sends unchanged and does not interpret. */
const plainHeader =
  /^(?:accept|accept-language|authorization|cache-control|content-type|if-match|user-agent|x-.+)$/;

/** Whether `fetch` sends a request as `node:https` would. It uses a `Host` header for TLS, for example. */
function isSuitable({ method, url, headers = {}, body }: HttpRequest): boolean {
  const { protocol, hostname, username, password } = new URL(url);
  return (
    protocol === 'https:' &&
    // `fetch` does not look up these names, but connects to this machine.
    !/\.localhost\.?$|^localhost\.$/.test(hostname) &&
    username === '' &&
    password === '' &&
    (bodilessMethods.has(method) ? body === undefined : methods.has(method)) &&
    Object.entries(headers).every(
      ([name, value]) => plainHeader.test(name) && /^[!-~](?:[ -~]*[!-~])?$/.test(value),
    )
  );
}

const bodilessMethods = new Set(['GET', 'HEAD']);
const methods = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** By default, `fetch` supports all ciphers of `node:https` but this one. */
const ciphers = 'DEFAULT:ECDHE-RSA-AES128-SHA256';

function createTlsOptions(
  { skipTlsVerification }: HttpsSendDeps,
  roots: readonly string[],
): TlsOptions {
  if (skipTlsVerification) return { ciphers, rejectUnauthorized: false };
  // With an empty list, `fetch` trusts its own list of CAs.
  const ca = roots.length > 0 ? roots : [''];
  return { ca, ciphers, rejectUnauthorized: true, checkServerIdentity: verifyName };
}

/**
 * Replaces the check in `fetch`, which accepts a certificate's common name, before anything is sent. Names
 * in an unusual form are rejected here, and `node:https` checks them again.
 * @param host - an IP address has no brackets.
 */
function verifyName(
  host: string,
  { subjectaltname = '' }: { readonly subjectaltname?: string },
): Error | undefined {
  const domain = host.slice(host.indexOf('.') + 1);
  const accepted = /^[\d.]+$|:/.test(host)
    ? [`IP Address:${host}`]
    : [`DNS:${host}`, ...(domain.includes('.') ? [`DNS:*.${domain}`] : [])];
  const names = subjectaltname.split(', ');
  return accepted.some((name) => names.includes(name)) ? undefined : codedError(wrongHost);
}

async function sendOnce(
  request: HttpRequest,
  tls: TlsOptions,
  timeoutSeconds: number,
): Promise<HttpResponse> {
  const { method, url, headers = {}, body } = request;
  const abort = new AbortController();
  const deadline = createDeadline(request, timeoutSeconds, () => {
    abort.abort();
  });
  try {
    const response = await callFetch(url, {
      method,
      headers: { 'user-agent': 'tpks', ...headers },
      ...(body === undefined ? {} : { body }),
      signal: abort.signal,
      redirect: 'manual',
      decompress: false,
      keepalive: false,
      proxy: false,
      timeout: false,
      verbose: false,
      tls,
    });
    const head = { status: response.status, headers: joinHeaders(response.headers) };
    const problem = findResponseError(head, request);
    if (problem !== undefined) throw problem;
    const code = findHeaderProblem(head);
    if (code !== undefined) throw codedError(code);
    if (method === 'HEAD') deadline.end();
    const chunks = () => readBody(response.body);
    return createResponse({ ...head, url, deadline, chunks });
  } catch (error) {
    abort.abort();
    deadline.end();
    throw deadline.timeoutError() ?? error;
  }
}

/** Joins repeated headers, such as `Set-Cookie`, which the runtime returns separately. */
function joinHeaders(headers: Iterable<readonly [string, string]>): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of headers) {
    const earlier = getOwnValue(joined, name);
    joined[name] = earlier === undefined ? value : `${earlier}, ${value}`;
  }
  return joined;
}

/** Finds what `node:https` rejects and `fetch` does not: two lengths, and 16 KiB. @see RFC 9112, section 6.3 */
function findHeaderProblem({ headers }: Pick<HttpResponse, 'headers'>): string | undefined {
  if (headers['content-length'] !== undefined && headers['transfer-encoding'] !== undefined) {
    return 'HPE_INVALID_TRANSFER_ENCODING';
  }
  const size = Object.entries(headers).flat().join('').length;
  return size > maximumHeaderBytes ? 'HPE_HEADER_OVERFLOW' : undefined;
}

const maximumHeaderBytes = 16 * 1024;

async function* readBody(body: AsyncIterable<Uint8Array> | null): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of body ?? []) yield chunk;
  } catch (error) {
    throw toKnownError(error);
  }
}

/** Whether an error occurred before the TLS connection was open, so that nothing was sent. */
function isBeforeRequest(error: unknown): boolean {
  return (
    errorCode(error) === 'FailedToOpenSocket' || describeCertificateProblem(error) !== undefined
  );
}

/** Converts a runtime error, whose message contains the URL, to an error with a `node:https` code. */
function toKnownError(error: unknown): Error {
  const code = errorCode(error) ?? 'UNKNOWN';
  return codedError(getOwnValue(knownCodes, code) ?? code);
}

/** The codes of `node:https` for errors that the runtime names differently. */
const knownCodes: Readonly<Record<string, string>> = {
  ResponseHeadersTooLarge: 'HPE_HEADER_OVERFLOW',
  Malformed_HTTP_Response: 'HPE_INVALID_CONSTANT',
  InvalidHTTPResponse: 'HPE_INVALID_CONSTANT',
  InvalidContentLength: 'HPE_INVALID_CONTENT_LENGTH',
  UnsupportedTransferEncoding: 'HPE_INVALID_TRANSFER_ENCODING',
  UNHANDLED_CRITICAL_EXTENSION: 'UNSPECIFIED',
  PERMITTED_VIOLATION: 'UNSPECIFIED',
  EXCLUDED_VIOLATION: 'UNSPECIFIED',
};

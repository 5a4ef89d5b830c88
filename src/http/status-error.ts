import { TpksError, type ErrorKind } from '../errors.js';
import { isObject } from '../json-value.js';
import { jsonOrNothing } from './decode.js';
import type { HttpRequest, HttpResponse, Send } from './send.js';
import { unexpectedResponseError } from './unexpected.js';

/** The parts of a response that is an error. */
export interface Failure {
  readonly request: HttpRequest;
  readonly status: number;
  /** `body`, `error_description` or `message` of the response, otherwise the status. */
  readonly message: string;
  /** Error code of the UAA or OAuth, e.g. `insufficient_scope`. */
  readonly oauthError: string | undefined;
  /** The parsed body; `undefined` if it is not JSON. */
  readonly body: unknown;
}

/** Returns a clearer error than the server's, or `undefined`. */
export type Explain = (failure: Failure) => TpksError | undefined;

/** Turns every response that is not a success into a TpksError. */
export function withStatusErrors(send: Send, explain: Explain = () => undefined): Send {
  return async (request) => {
    const response = await send(request);
    if (isSuccess(response)) return response;
    // Always read: the connection is only released then.
    const text = await response.text();
    if (response.status < 400) throw toRedirectError(request, response);
    const failure = await toFailure(request, response, text);
    throw explain(failure) ?? toStatusError(failure);
  };
}

export async function toFailure(
  request: HttpRequest,
  response: HttpResponse,
  text: string,
): Promise<Failure> {
  const body = jsonOrNothing(text);
  const said =
    readTextField(body, 'body') ??
    readTextField(body, 'error_description') ??
    readTextField(body, 'message');
  return {
    request,
    status: response.status,
    message: said === undefined ? statusMessage(response.status) : await unescapeHtml(said),
    oauthError: readTextField(body, 'error'),
    body,
  };
}

export function toStatusError(
  failure: Pick<Failure, 'status' | 'message' | 'oauthError'>,
  hint?: string,
): TpksError {
  const { status, message, oauthError } = failure;
  const kind = toErrorKind(status);
  const advice = hint ?? (kind === 'unavailable' ? 'try again in a while' : undefined);
  return new TpksError(kind, message, { status, oauthError, hint: advice });
}

function toErrorKind(status: number): ErrorKind {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'notFound';
  if (status === 409 || status === 412) return 'conflict';
  if (status === 408 || status === 429 || status >= 500) return 'unavailable';
  return 'failed';
}

export function isSuccess({ status }: Pick<HttpResponse, 'status'>): boolean {
  return status >= 200 && status < 300;
}

/** Statuses that name another address; 300 and 304 to 306 do not. @see RFC 9110, section 15.4 */
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

export function isRedirect({ status, headers }: StatusAndHeaders): boolean {
  return redirectStatuses.has(status) && headers['location'] !== undefined;
}

/**
 * The error for a response that is not a success, if only its status matters: the response to a
 * `HEAD`, or one whose body was printed.
 */
export function toPlainStatusError(
  request: Pick<HttpRequest, 'url'>,
  response: StatusAndHeaders,
): TpksError {
  const { status } = response;
  if (status < 400) return toRedirectError(request, response);
  return toStatusError({ status, message: statusMessage(status), oauthError: undefined });
}

type StatusAndHeaders = Pick<HttpResponse, 'status' | 'headers'>;

/**
 * The error for a status from 300 to 399. Redirects are not followed: neither server ever sends
 * one, and a token must not be sent to another host.
 */
export function toRedirectError(
  request: Pick<HttpRequest, 'url'>,
  response: StatusAndHeaders,
): TpksError {
  const { status, headers } = response;
  const from = new URL(request.url);
  const to = isRedirect(response) ? parseLocation(headers['location'], from) : undefined;
  if (to === undefined) return unexpectedResponseError(from.href, `HTTP ${String(status)}`, status);
  const line = `${from.host} answered with a redirect (HTTP ${String(status)}) to ${to.href}`;
  if (to.origin === from.origin) {
    return new TpksError('unavailable', `${line} instead of an answer`, {
      status,
      hint: 'check that the address is that of the API or the UAA itself',
    });
  }
  return new TpksError('untrusted', `${line}, which is another host: not followed`, {
    status,
    hint: 'nothing secret was sent there; check the address of the installation',
  });
}

function parseLocation(location: string | undefined, base: URL): URL | undefined {
  return location !== undefined && URL.canParse(location, base.href)
    ? new URL(location, base.href)
    : undefined;
}

function readTextField(value: unknown, key: string): string | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function statusMessage(status: number): string {
  return `The server answered with HTTP ${String(status)}`;
}

/** The UAA escapes text for HTML, even inside JSON. @see uaa-api, section 1.2 */
async function unescapeHtml(text: string): Promise<string> {
  // Loading the table of entities takes longer than most requests, and it is rarely needed.
  return text.includes('&') ? (await import('entities/decode')).decodeHTMLStrict(text) : text;
}

import {
  isTpksError,
  rewordError,
  TpksError,
  type ErrorKind,
  type UnknownName,
} from '../../base/errors.js';
import { isObject, tryParseJson } from '../../base/json-value.js';
import { hostOf } from '../../base/pks-conventions.js';
import { isConnectionUnopened } from '../../platform/http/network-error.js';
import { unexpectedResponseError } from '../../platform/http/response.js';
import type { HttpRequest, HttpResponse, Send } from '../../platform/http/send.js';
import { isTimeLimitError, moreTimeHint } from '../../platform/http/time-limits.js';

export interface Failure {
  readonly request: HttpRequest;
  readonly status: number;
  /** The field `body`, `error_description` or `message` of the response, otherwise its status. */
  readonly message: string;
  /** Error code of OAuth or the UAA, e.g. `insufficient_scope`. */
  readonly oauthError: string | undefined;
  /** The parsed body; `undefined` if it is not JSON. */
  readonly body: unknown;
}

/** Returns a clearer error for a failure that it recognizes, otherwise `undefined`. */
export type Explain = (failure: Failure) => TpksError | undefined;

/** Throws a `TpksError` for every response that does not have a 2xx status. */
export function withStatusErrors(send: Send, explain: Explain = () => undefined): Send {
  return async (request) => {
    const response = await send(request);
    if (isSuccess(response)) return response;
    // The connection is only released once the body has been read.
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
  const body = tryParseJson(text);
  const serverMessage = ['body', 'error_description', 'message']
    .map((key) => readTextField(body, key))
    .find((text) => text !== undefined);
  return {
    request,
    status: response.status,
    message: serverMessage ? await unescapeHtml(serverMessage) : statusMessage(response.status),
    oauthError: readTextField(body, 'error'),
    body,
  };
}

export function toStatusError(
  failure: Omit<Failure, 'request'> & { readonly request: Pick<HttpRequest, 'url'> },
  hint?: string,
): TpksError {
  const { request, status, message, oauthError, body } = failure;
  const kind = toErrorKind(status);
  const advice = hint ?? (kind === 'unavailable' ? 'try again later' : undefined);
  const host = hostOf(request.url);
  return new TpksError(kind, message, { status, oauthError, body, host, hint: advice });
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

/** Statuses that redirect to another URL; 300 and 304 to 306 do not. @see RFC 9110, section 15.4 */
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

export function isRedirect({ status, headers }: StatusAndHeaders): boolean {
  return redirectStatuses.has(status) && headers['location'] !== undefined;
}

/** The error for a response without a 2xx status whose body is absent (`HEAD`) or already printed (`tpks curl`). */
export function toPlainStatusError(
  request: Pick<HttpRequest, 'url'>,
  response: StatusAndHeaders,
): TpksError {
  const { status } = response;
  if (status < 400) return toRedirectError(request, response);
  const message = statusMessage(status);
  return toStatusError({ request, status, message, oauthError: undefined, body: undefined });
}

type StatusAndHeaders = Pick<HttpResponse, 'status' | 'headers'>;

/** Redirects are not followed, because a token must not be sent to another host. */
export function toRedirectError(
  request: Pick<HttpRequest, 'url'>,
  response: StatusAndHeaders,
): TpksError {
  const { status, headers } = response;
  const from = new URL(request.url);
  const location = headers['location'] ?? '';
  if (!isRedirect(response) || !URL.canParse(location, from.href)) {
    return unexpectedResponseError(from.href, `HTTP ${String(status)}`, status);
  }
  const to = new URL(location, from);
  const message = `${hostOf(request.url)} redirected the request to ${to.href} (HTTP ${String(status)})`;
  if (to.origin === from.origin) {
    return new TpksError('unavailable', message, {
      status,
      hint: 'check that the address points to the API or the UAA itself',
    });
  }
  return new TpksError('untrusted', `${message}, which is another host; tpks did not follow it`, {
    status,
    hint: 'check the address of the installation; no secrets were sent to the other host',
  });
}

function readTextField(value: unknown, key: string): string | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function statusMessage(status: number): string {
  return `The server returned HTTP ${String(status)}`;
}

/** The UAA escapes text for HTML, even inside JSON. @see docs/contributing/servers/uaa.md#errors */
async function unescapeHtml(text: string): Promise<string> {
  // Loading the entity table takes longer than most requests, and it is rarely needed.
  return text.includes('&') ? (await import('entities/decode')).decodeHTMLStrict(text) : text;
}

/** Replaces the message or the hint of an error of one kind. Returns other errors unchanged. */
export function translateError(
  error: unknown,
  kind: ErrorKind,
  words: { readonly message?: string; readonly hint: string; readonly unknownName?: UnknownName },
): unknown {
  return isTpksError(error) && error.kind === kind ? rewordError(error, words) : error;
}

/**
 * Reports a missing resource with the wording of the original CLI, regardless of the server's message.
 * @param resource - e.g. `Network profile np-1`.
 * @param hint - how to list the existing resources.
 * @param unknownName - the name, to suggest similar ones.
 * @throws {TpksError} `notFound`, even if the resource belongs to another user; other errors unchanged.
 */
export async function translateNotFound<T>(
  response: Promise<T>,
  resource: string,
  hint: string,
  unknownName?: UnknownName,
): Promise<T> {
  try {
    return await response;
  } catch (error) {
    throw translateError(error, 'notFound', {
      message: `${resource} not found`,
      hint,
      ...(unknownName && { unknownName }),
    });
  }
}

/**
 * Adds a hint to the error of a write if its outcome is unknown, because sending it again could repeat the
 * change.
 * @param target.host - host and port of the server that the write goes to. Errors of other servers, such as
 *   a UAA that cannot renew the token, occur before anything is sent.
 * @param target.showCommand - the command that shows the current state.
 */
export async function explainUnknownOutcome<T>(
  write: Promise<T>,
  { host, showCommand }: { readonly host: string; readonly showCommand: string },
): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'unavailable') throw error;
    if ((error.host ?? host) !== host || !isOutcomeUnknown(error)) throw error;
    const hint = `the server may have accepted the request; check before trying again: ${showCommand}`;
    throw rewordError(error, { hint: isTimeLimitError(error) ? `${hint}\n${moreTimeHint}` : hint });
  }
}

/** The API itself sends a 500, but a gateway may fail after it has forwarded the request. */
function isOutcomeUnknown({ status, cause }: TpksError): boolean {
  if (status === undefined) return !isConnectionUnopened(cause);
  return status < 300 || status === 502 || status === 504;
}

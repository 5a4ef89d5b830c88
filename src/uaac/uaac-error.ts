import {
  findErrorCode,
  timeLimitCode,
  errorMessage,
  isTpksError,
  type TpksError,
} from '../base/errors.js';
import { isObject } from '../base/json-value.js';

/** A failure whose lines are printed exactly as given. */
export class UaacError extends Error {
  override readonly name = 'UaacError';
  readonly lines: readonly string[];

  /** @param cause - the error whose text the lines replace; its hint is printed too. */
  constructor(lines: readonly string[], cause?: unknown, message = lines.join('\n')) {
    super(message, cause === undefined ? undefined : { cause });
    this.lines = lines;
  }
}

/** An error in a request or its input, e.g. `RuntimeError: no new users given`. */
export function requestError(type: string, message: string, cause?: unknown): UaacError {
  return new UaacError(['', `${type}: ${message}`, ''], cause, message);
}

/** An error outside a request, e.g. an invalid option. */
export function programError(type: string, message: string, cause?: unknown): UaacError {
  return new UaacError(['uaac error', `${type}: ${message}`, ''], cause, message);
}

export const notFoundType = 'CF::UAA::NotFound';

/** Creates the error for a deletion; the original names the path of an object that does not exist. */
export function deletionError(error: unknown, path: string): unknown {
  if (!isTpksError(error) || error.kind !== 'notFound') return error;
  return requestError(notFoundType, `invalid response from ${path}: 404`, error);
}

/** Compares the name, because `instanceof` fails for errors from another chunk of the bundle. */
export function isUaacError(error: unknown): error is UaacError {
  return error instanceof Error && error.name === 'UaacError';
}

/** A failure as `uaac` prints it on stdout, and a hint for stderr. */
export interface FailureText {
  readonly lines: readonly string[];
  readonly hint?: string | undefined;
  /** Whether the hint is needed to find the cause, so that it is also printed without a terminal. */
  readonly isHintNeeded: boolean;
}

/** @see docs/contributing/servers/uaac.md#errors */
export function formatFailure(error: unknown): FailureText {
  if (isUaacError(error)) {
    const { lines, cause } = error;
    return cause === undefined
      ? { lines, isHintNeeded: false }
      : { ...formatFailure(cause), lines };
  }
  if (!isTpksError(error)) {
    const { lines } = requestError('RuntimeError', errorMessage(error));
    return { lines, isHintNeeded: false };
  }
  const { message, facts, hint } = error;
  const isReplaced = isUntrustedUaa(error);
  const factLines = facts.map(([label, value]) => `${label}: ${value}`);
  return {
    lines: toUaacError(error).lines,
    hint: isReplaced ? [message, ...factLines, hint ?? ''].join('\n') : hint,
    isHintNeeded: ['untrusted', 'keychain', 'storage', 'usage'].includes(error.kind),
  };
}

/** The part of a failure that follows `failed to access URL: `. */
export function describeFailure(error: TpksError): string {
  return toUaacError(error).message;
}

/** The statuses whose JSON body `uaac` prints. */
const statusesWithBody = new Set([400, 401, 403, 409, 422]);

/** The error with which `uaac` reports the same failure. */
function toUaacError(error: TpksError): UaacError {
  const { kind, message, oauthError = 'invalid_token' } = error;
  const status = findInChain(error, (each) => each.status);
  const body = findInChain(error, (each) => (isObject(each.body) ? each.body : undefined));
  if (body !== undefined && status !== undefined && statusesWithBody.has(status)) {
    return responseError(body);
  }
  if (status === 404 || kind === 'notFound') return requestError(notFoundType, notFoundType);
  if (status !== undefined && status >= 300) {
    return requestError('CF::UAA::BadResponse', `invalid status response: ${String(status)}`);
  }
  // A session that tpks could not renew looks like the UAA's response to an expired token.
  if (kind === 'unauthenticated') {
    return responseError({ error: oauthError, error_description: message });
  }
  if (isUntrustedUaa(error)) {
    const problem =
      `Invalid SSL Cert for https://${error.host ?? ''}/login. ` +
      "Use '--skip-ssl-validation' to continue with an insecure target";
    return requestError('CF::UAA::SSLException', problem);
  }
  if (kind !== 'unavailable') {
    return requestError(kind === 'usage' ? 'ArgumentError' : 'RuntimeError', message);
  }
  if (status !== undefined) {
    return requestError('CF::UAA::BadResponse', 'received invalid response content or type');
  }
  const code = findErrorCode(error);
  return code === timeLimitCode
    ? requestError('CF::UAA::HTTPException', 'http timeout')
    : requestError('CF::UAA::BadTarget', `error: ${toReason(error, code)}`);
}

/** Errors about the certificates of proxies have no host. */
function isUntrustedUaa({ kind, host }: TpksError): boolean {
  return kind === 'untrusted' && host !== undefined;
}

function responseError(body: unknown): UaacError {
  const title = 'error response:';
  return new UaacError(['', title, ...JSON.stringify(body, null, 2).split('\n')], undefined, title);
}

/** Ruby's message for a request that could not be sent. */
function toReason({ message, host = '' }: TpksError, code: string | undefined): string {
  if (code === 'ECONNREFUSED') return `Connection refused - connect(2) for ${host}`;
  if (code !== 'ENOTFOUND') return message;
  return `getaddrinfo: Name or service not known (${host.includes(':') ? host : `${host}:443`})`;
}

/** Searches an error and its causes, because callers reword errors. */
function findInChain<T>(error: unknown, find: (error: TpksError) => T | undefined): T | undefined {
  if (!isTpksError(error)) return undefined;
  return find(error) ?? findInChain(error.cause, find);
}

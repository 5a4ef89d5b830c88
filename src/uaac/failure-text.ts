import { errorMessage, isTpksError, type TpksError } from '../errors.js';
import { findErrorCode, timeLimitCode } from '../http/network-error.js';
import { isObject } from '../json-value.js';
import { isUaacError, notFoundType, requestError } from './uaac-error.js';

/** A failure as `uaac` prints it on stdout, and a hint for stderr. */
export interface FailureText {
  readonly lines: readonly string[];
  readonly hint?: string | undefined;
  /** Whether the hint is needed to find the cause, so that it is also printed without a terminal. */
  readonly isHintNeeded: boolean;
}

/** @see uaac, section 1: error forms */
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
  const isReplaced = findUntrustedHost(error) !== undefined;
  return {
    lines: formatTpksError(error),
    hint: isReplaced ? [error.message, error.hint ?? ''].join('\n') : error.hint,
    isHintNeeded: ['untrusted', 'keychain', 'storage', 'usage'].includes(error.kind),
  };
}

/** The part of a failure that follows `failed to access URL: `. */
export function describeFailure(error: unknown): string {
  const [line = ''] = formatFailure(error).lines.filter((each) => each !== '');
  return line.replace(/^[\w:]+: /, '');
}

/** The statuses whose JSON body `uaac` prints. */
const statusesWithBody = new Set([400, 401, 403, 409, 422]);

function formatTpksError(error: TpksError): readonly string[] {
  const { kind, message } = error;
  const status = findInChain(error, (each) => each.status);
  const body = findInChain(error, (each) => (isObject(each.body) ? each.body : undefined));
  if (body !== undefined && status !== undefined && statusesWithBody.has(status)) {
    return ['', 'error response:', ...JSON.stringify(body, null, 2).split('\n')];
  }
  if (status === 404) return requestError(notFoundType, 'invalid status response: 404').lines;
  if (kind === 'notFound') return requestError(notFoundType, notFoundType).lines;
  if (status !== undefined && status >= 300) {
    return requestError('CF::UAA::BadResponse', `invalid status response: ${String(status)}`).lines;
  }
  if (kind === 'unauthenticated') return formatSessionError(error);
  const host = findUntrustedHost(error);
  if (host !== undefined) {
    return requestError('CF::UAA::SSLException', formatTrustProblem(host)).lines;
  }
  if (kind === 'unavailable') return formatUnavailable(error, status);
  return requestError(kind === 'usage' ? 'ArgumentError' : 'RuntimeError', message).lines;
}

/** A session that tpks could not renew looks like the UAA's response to an expired token. */
function formatSessionError({ oauthError = 'invalid_token', message }: TpksError): string[] {
  const body = { error: oauthError, error_description: message };
  return ['', 'error response:', ...JSON.stringify(body, null, 2).split('\n')];
}

/**
 * Finds the server whose certificate is not trusted, to replace the error with the one from `uaac`.
 * Errors of this kind have no host if they are about a proxy or another address.
 */
function findUntrustedHost({ kind, host }: TpksError): string | undefined {
  return kind === 'untrusted' ? host : undefined;
}

function formatTrustProblem(host: string): string {
  return (
    `Invalid SSL Cert for https://${host}/login. ` +
    "Use '--skip-ssl-validation' to continue with an insecure target"
  );
}

function formatUnavailable(error: TpksError, status: number | undefined): readonly string[] {
  if (status !== undefined) {
    return requestError('CF::UAA::BadResponse', 'received invalid response content or type').lines;
  }
  const code = findErrorCode(error);
  return code === timeLimitCode
    ? requestError('CF::UAA::HTTPException', 'http timeout').lines
    : requestError('CF::UAA::BadTarget', `error: ${toReason(error, code)}`).lines;
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

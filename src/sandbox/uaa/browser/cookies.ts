import { readParameters } from '../requests.js';
import { randomBytes } from 'node:crypto';
import type { SandboxRequest, SandboxResponse } from '../../router.js';

/** Name of the CSRF cookie and of the hidden form field. */
const csrfName = 'X-Uaa-Csrf';
const sessionName = 'JSESSIONID';

/** Parses the cookies of a request. */
function parseCookies({ headers }: SandboxRequest): ReadonlyMap<string, string> {
  const pairs = (headers['cookie'] ?? '').split(';').flatMap((pair): [string, string][] => {
    const [name = '', ...value] = pair.split('=');
    return name.trim() === '' ? [] : [[name.trim(), value.join('=').trim()]];
  });
  return new Map(pairs);
}

/** Reads the session id from the cookie; undefined if the cookie is missing. */
export function readSessionId(request: SandboxRequest): string | undefined {
  return parseCookies(request).get(sessionName);
}

/** Reads the CSRF token from the cookie; undefined if the cookie is missing. */
export function readCsrfCookie(request: SandboxRequest): string | undefined {
  return parseCookies(request).get(csrfName);
}

/** Creates a CSRF token for a form's hidden field and the cookie. */
export function createCsrfToken(): string {
  return randomBytes(17).toString('base64').replace(/[+/=]/g, 'x').slice(0, 22);
}

/** @param now - epoch milliseconds. */
export function formatCsrfCookie(value: string, now = Date.now()): string {
  return `${csrfName}=${value}; ${formatLifetime(86_400, now)}; Path=/; HttpOnly`;
}

/** Creates the cookie that deletes the CSRF token. Like the real server, sets an unused value. */
export function formatExpiredCsrfCookie(): string {
  return `${csrfName}=${createCsrfToken()}; ${expired}; Path=/; HttpOnly`;
}

/** Creates the cookie that tells scripts of other applications who is logged in. */
export function formatCurrentUserCookie(userId: string, now = Date.now()): string {
  const value = encodeURIComponent(JSON.stringify({ userId }));
  return `Current-User=${value}; ${formatLifetime(1800, now)}; Path=/`;
}

function formatLifetime(seconds: number, now: number): string {
  return `Max-Age=${String(seconds)}; Expires=${new Date(now + seconds * 1000).toUTCString()}`;
}

export function formatSessionCookie(id: string): string {
  return `${sessionName}=${id}; Path=/; Secure; HttpOnly`;
}

const expired = 'Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT';

/** Formats a cookie that deletes the cookie with this name. */
export function formatExpiredCookie(name: string, path = '/'): string {
  return `${name}=; ${expired}; Path=${path}`;
}

export const expiredCurrentUserCookie = formatExpiredCookie('Current-User');

/** Creates the cookies that delete the session in the browser. */
export function createExpiredCookies(): string[] {
  return [expiredCurrentUserCookie, formatExpiredCsrfCookie(), formatExpiredCookie(sessionName)];
}

/** Adds cookies to a response, before those that it already sets. */
export function addCookies(response: SandboxResponse, added: readonly string[]): SandboxResponse {
  if (added.length === 0) return response;
  const cookies = [...added, ...[response.headers['set-cookie'] ?? []].flat()];
  return { ...response, headers: { ...response.headers, 'set-cookie': cookies } };
}

/** Whether the method only reads, so that the request needs no CSRF token. */
export function isRead({ method }: SandboxRequest): boolean {
  return ['GET', 'HEAD', 'TRACE', 'OPTIONS'].includes(method);
}

/**
 * Checks that a form was submitted from a page of this server: its hidden field must equal the
 * cookie.
 *
 * @returns UAA's error text; undefined if the token is valid.
 */
export function validateCsrfToken(request: SandboxRequest): string | undefined {
  const cookie = parseCookies(request).get(csrfName);
  const field = request.headers['x-csrf-token'] ?? readParameters(request).get(csrfName);
  if (cookie === undefined) {
    return 'Could not verify the provided CSRF token because your session was not found.';
  }
  if (cookie === field) return undefined;
  return (
    `Invalid CSRF Token '${field ?? 'null'}' was found on the request parameter ` +
    `'X-Uaa-Csrf' or header 'X-CSRF-TOKEN'.`
  );
}

/**
 * Creates the JSON response of a security filter that rejects a request. Like the real server, does
 * not escape the text.
 */
export function jsonRejection(error: string): SandboxResponse {
  const headers = { 'content-type': 'application/json;charset=ISO-8859-1' };
  return { status: 403, headers, body: `{"error":"${error}"}` };
}

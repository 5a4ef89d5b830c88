import { randomBytes } from 'node:crypto';
import { json, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { errorPageResponse, wantsJson, readParameters } from '../servlet-container.js';

/** Name of the cookie and of the hidden form field. */
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
  return randomBytes(11).toString('hex');
}

/** @param now - epoch milliseconds. */
export function formatCsrfCookie(value: string, now = Date.now()): string {
  const expires = new Date(now + csrfSeconds * 1000)
    .toUTCString()
    .replace(/(\d\d) (\w{3}) (\d{4})/, '$1-$2-$3');
  return `${csrfName}=${value}; Max-Age=${String(csrfSeconds)}; Expires=${expires}; Path=/; HttpOnly`;
}

const csrfSeconds = 86_400;

export function formatSessionCookie(id: string): string {
  return `${sessionName}=${id}; Path=/; Secure; HttpOnly`;
}

/** Cookies that delete the session in the browser. */
export const expiredCookies: string[] = [
  'Current-User=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/',
  `${csrfName}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/; HttpOnly`,
  `${sessionName}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/`,
];

/**
 * Checks that a form was submitted from a page of this server: its hidden field must equal the
 * cookie.
 *
 * @returns UAA's error text; undefined if the token is valid.
 */
export function validateCsrfToken(request: SandboxRequest): string | undefined {
  const cookie = parseCookies(request).get(csrfName);
  const field = readParameters(request).get(csrfName) ?? request.headers['x-csrf-token'];
  if (cookie === undefined) {
    return 'Could not verify the provided CSRF token because your session was not found.';
  }
  if (cookie === field) return undefined;
  return (
    `Invalid CSRF Token '${field ?? 'null'}' was found on the request parameter ` +
    `'X-Uaa-Csrf' or header 'X-CSRF-TOKEN'.`
  );
}

/** Creates the 403 response for a form without a valid CSRF token. */
export function csrfErrorResponse(request: SandboxRequest, error: string): SandboxResponse {
  if (!wantsJson(request)) return errorPageResponse(request, 403);
  return json(403, { error }, { 'content-type': 'application/json;charset=ISO-8859-1' });
}

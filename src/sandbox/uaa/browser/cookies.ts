import { randomBytes } from 'node:crypto';
import { json, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { errorPage, wantsJson, parameters } from '../container.js';

const csrfName = 'X-Uaa-Csrf';
const sessionName = 'JSESSIONID';

/** @returns the cookies of a request by name. */
function cookiesOf({ headers }: SandboxRequest): ReadonlyMap<string, string> {
  const pairs = (headers['cookie'] ?? '').split(';').flatMap((pair): [string, string][] => {
    const [name = '', ...value] = pair.split('=');
    return name.trim() === '' ? [] : [[name.trim(), value.join('=').trim()]];
  });
  return new Map(pairs);
}

export function sessionIdOf(request: SandboxRequest): string | undefined {
  return cookiesOf(request).get(sessionName);
}

/** @returns a new value for the hidden field and its cookie. */
export function newCsrf(): string {
  return randomBytes(11).toString('hex');
}

export function csrfCookie(value: string): string {
  return `${csrfName}=${value}; Max-Age=86400; Path=/; HttpOnly`;
}

export function sessionCookie(id: string): string {
  return `${sessionName}=${id}; Path=/; Secure; HttpOnly`;
}

/** Cookies that make a browser forget its session. */
export const deletedCookies: string[] = [
  'Current-User=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/',
  `${csrfName}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/; HttpOnly`,
  `${sessionName}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/`,
];

/**
 * Checks that a form comes from this server's own page: its hidden field equals the cookie.
 *
 * @returns the error text; undefined if the form is valid.
 */
export function csrfProblem(request: SandboxRequest): string | undefined {
  const cookie = cookiesOf(request).get(csrfName);
  const field = parameters(request).get(csrfName) ?? request.headers['x-csrf-token'];
  if (cookie === undefined) {
    return 'Could not verify the provided CSRF token because your session was not found.';
  }
  if (cookie === field) return undefined;
  return (
    `Invalid CSRF Token '${field ?? 'null'}' was found on the request parameter ` +
    `'X-Uaa-Csrf' or header 'X-CSRF-TOKEN'.`
  );
}

/** @returns 403, for a form without the right hidden field. */
export function csrfErrorResponse(request: SandboxRequest, error: string): SandboxResponse {
  if (!wantsJson(request)) return errorPage(request, 403);
  return json(403, { error }, { 'content-type': 'application/json;charset=ISO-8859-1' });
}

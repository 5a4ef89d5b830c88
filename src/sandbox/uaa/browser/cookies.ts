import { randomBytes } from 'node:crypto';
import type { SandboxRequest } from '../../router.js';

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

/** @returns the cookie that must equal a form's hidden field. */
export function csrfOf(request: SandboxRequest): string | undefined {
  return cookiesOf(request).get(csrfName);
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
export const deletedCookies: readonly string[] = [
  'Current-User=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/',
  `${csrfName}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/; HttpOnly`,
  `${sessionName}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/`,
];

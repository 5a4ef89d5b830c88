import { randomBytes } from 'node:crypto';
import { empty, escapeHtml, type SandboxRequest, type SandboxResponse } from '../../router.js';
import type { Session } from '../store/expiring.js';
import type { User } from '../store/identities.js';
import type { State } from '../store/state.js';

/** Name of the CSRF cookie and of the hidden field in forms. */
export const csrfName = 'X-Uaa-Csrf';
const sessionName = 'JSESSIONID';

function readCookie({ headers }: SandboxRequest, name: string): string | undefined {
  const pairs = (headers['cookie'] ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

export function readCsrfCookie(request: SandboxRequest): string | undefined {
  return readCookie(request, csrfName);
}

export function createCsrfToken(): string {
  return randomBytes(16).toString('base64url');
}

export function formatCsrfCookie(value: string): string {
  return `${csrfName}=${value}; Max-Age=86400; Path=/; Secure; HttpOnly; SameSite=Lax`;
}

function formatSessionCookie(id: string): string {
  return `${sessionName}=${id}; Path=/; Secure; HttpOnly; SameSite=None`;
}

/** The cookies that delete the session in the browser. */
export const expiredCookies = [csrfName, sessionName].map(
  (name) => `${name}=; Max-Age=0; Path=/; Secure; HttpOnly`,
);

/** Redirects the browser to a path of this server, or to another URL. */
export function redirect(
  { origin }: SandboxRequest,
  target: string,
  cookies: readonly string[] = [],
): SandboxResponse {
  const location = target.startsWith('/') ? `${origin}${target}` : target;
  // Headers cannot contain all characters.
  const encoded = location.replace(/[^!-~]+/g, encodeURIComponent);
  return addCookies(empty(302, { location: encoded }), cookies);
}

/** Adds cookies before the existing cookies of a response. */
export function addCookies(response: SandboxResponse, added: readonly string[]): SandboxResponse {
  if (added.length === 0) return response;
  const cookies = [...added, ...[response.headers['set-cookie'] ?? []].flat()];
  return { ...response, headers: { ...response.headers, 'set-cookie': cookies } };
}

/** Finds the session of a request; undefined if it has none, or if it has expired. */
export function findSession(request: SandboxRequest, { sessions }: State): Session | undefined {
  return sessions.get(readCookie(request, sessionName));
}

/**
 * Finds the active user of the request's session; undefined if no user is logged in, or if the password
 * was changed after the login.
 */
export function findLoggedInUser(request: SandboxRequest, state: State): User | undefined {
  const { userId = '', authenticatedAt = 0 } = findSession(request, state) ?? {};
  const user = state.users.get(userId);
  return user?.active && user.passwordModifiedAt <= authenticatedAt ? user : undefined;
}

/**
 * Adds data to the request's session, which is created if necessary.
 * @returns the cookie of a new session.
 */
export function updateSession(
  request: SandboxRequest,
  state: State,
  data: Omit<Session, 'id'>,
): readonly string[] {
  const session = findSession(request, state);
  if (!session) return [formatSessionCookie(state.sessions.create(data).id)];
  state.sessions.put({ ...session, ...data });
  return [];
}

/**
 * Logs a user in. The session and the CSRF token are replaced, so that values from before the
 * login cannot be used after it.
 * @returns the cookies to set.
 */
export function startUserSession(
  request: SandboxRequest,
  state: State,
  user: User,
): readonly string[] {
  const previous = findSession(request, state);
  if (previous) state.sessions.delete(previous.id);
  const { id } = state.sessions.create({ userId: user.id, authenticatedAt: state.now() });
  return [formatSessionCookie(id), formatCsrfCookie(createCsrfToken())];
}

/** Renders the hidden field that proves that a form comes from a page of this server. */
export function renderCsrfField({ csrfToken }: SandboxRequest): string {
  return renderHidden(csrfName, csrfToken ?? '');
}

/** Renders a hidden field; null renders nothing. */
export function renderHidden(name: string, value: string | null): string {
  return value === null ? '' : `<input type="hidden" name="${name}" value="${escapeHtml(value)}"/>`;
}

export function renderAlert(text: string): string {
  return `<div class="alert alert-error"><p>${escapeHtml(text)}</p></div>`;
}

/** @param user - the user who is logged in; undefined before the login. */
export function renderPage(content: string, user?: User): string {
  const navigation = `<div class="nav"><span>${escapeHtml(user?.userName ?? '')}</span>
  <a href="/logout.do">Sign Out</a></div>`;
  return `<!DOCTYPE html>
<html dir="ltr" lang="en">
<head>
<title>Cloud Foundry</title>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1.0"/>
<style>${pageStyle}</style>
</head>
<body>
${user === undefined ? '' : navigation}
<div class="island">
  ${content}
</div>
</body>
</html>
`;
}

const pageStyle = `
  :root { color-scheme: light dark; }
  body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; padding: 1rem; }
  h1 { font-weight: 300; text-align: center; }
  h2 { font-weight: 400; }
  h2, a { overflow-wrap: anywhere; }
  .code { font: 1.5rem ui-monospace, monospace; text-align: center; user-select: all; }
  .nav { display: flex; gap: 1rem; justify-content: flex-end; }
  .island { margin: 8vh auto; max-width: 26rem; }
  .alert { border: 1px solid; padding: 0 1rem; }
  input, button { font: inherit; padding: .6rem; }
  input:not([type=checkbox]) { box-sizing: border-box; margin: .4rem 0; width: 100%; }
  .application-scopes { list-style: none; padding: 0; }
  .actions { display: grid; gap: 1rem; grid-template-columns: 1fr 1fr; }
`;

import {
  ErrorResponse,
  json,
  toErrorResponse,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import {
  createCsrfToken,
  formatCsrfCookie,
  formatSessionCookie,
  readCsrfCookie,
  readSessionId,
  validateCsrfToken,
} from '../browser/cookies.js';
import { findLoggedInUser, updateSession } from '../browser/browser-session.js';
import { formatUrl } from '../browser/login-redirect.js';
import { containerError, readParameters } from '../http/servlet-container.js';
import { parseMediaTypes } from '../http/media-types.js';
import { renderInvalidRequestPage } from '../browser/pages.js';
import { redirectByFilter, renderView } from './view.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';

/** Who can open a page. */
export type Access = 'user' | 'anonymous' | 'anyone' | 'invited' | 'none';

/** The security filters of a page. @see UAA 4.30.0 `login-ui.xml` */
export interface PageSecurity {
  readonly access: Access;
  /** Whether forms must contain a CSRF token. Default: true. */
  readonly hasCsrf?: boolean;
  /** Whether clients that accept JSON get status 403 instead of the login page. */
  readonly rejectsJson?: boolean;
}

/** A request to a page that the security filters have accepted. */
export interface Visit {
  readonly request: SandboxRequest;
  readonly state: State;
  /** The logged-in user. */
  readonly user: User | undefined;
  /** The user who may accept an invitation. */
  readonly invited: User | undefined;
  /** For the forms of the page; undefined if the page has no CSRF protection. */
  readonly csrfToken: string | undefined;
  /** Cookies to add to the response. Routes can add more. */
  readonly cookies: string[];
}

/**
 * Applies the security filters of a page.
 *
 * @throws ErrorResponse with the response of a filter.
 */
export function enterPage(
  request: SandboxRequest,
  state: State,
  { access, hasCsrf = true, rejectsJson = false }: PageSecurity,
): Visit {
  const cookies: string[] = [];
  const user = findLoggedInUser(request, state);
  const session = state.sessions.get(readSessionId(request));
  const invited = state.users.get(session?.invitedUserId ?? '');
  try {
    const csrfToken = hasCsrf ? checkCsrfToken(request, user ?? invited, cookies) : undefined;
    const visit = { request, state, user, invited, csrfToken, cookies };
    if (isDenied(access, visit)) {
      throw new ErrorResponse(deny(visit, user !== undefined, rejectsJson));
    }
    return visit;
  } catch (error) {
    throw new ErrorResponse(addCookies(toErrorResponse(error), cookies));
  }
}

function isRead({ method }: SandboxRequest): boolean {
  return ['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method);
}

/** Returns the token for the forms of the page, and adds its cookie if the token is new. */
function checkCsrfToken(
  request: SandboxRequest,
  user: User | undefined,
  cookies: string[],
): string {
  const known = isRead(request) ? undefined : readCsrfCookie(request);
  const token = known ?? createCsrfToken();
  if (known === undefined) cookies.push(formatCsrfCookie(token));
  const error = isRead(request) ? undefined : validateCsrfToken(request);
  if (error === undefined) return token;
  throw new ErrorResponse(rejectForm(request, user, error));
}

function rejectForm(
  request: SandboxRequest,
  user: User | undefined,
  error: string,
): SandboxResponse {
  if (wantsExactlyJson(request)) return jsonRejection(error);
  return user
    ? renderView(request, { status: 403, html: renderInvalidRequestPage() })
    : redirectByFilter(request, '/login?error=invalid_login_request');
}

function isDenied(access: Access, { user, invited }: Visit): boolean {
  switch (access) {
    case 'user':
      return !user;
    case 'anonymous':
      return user !== undefined;
    case 'invited':
      return !invited;
    case 'none':
      return true;
    case 'anyone':
      return false;
  }
}

/** Sends the user to the login page. A GET request is repeated after the login. */
function deny(
  { request, state, cookies }: Visit,
  isLoggedIn: boolean,
  rejectsJson: boolean,
): SandboxResponse {
  if (!isLoggedIn && request.method === 'GET') saveRequest(request, state, cookies);
  if ((isLoggedIn || rejectsJson) && wantsExactlyJson(request)) {
    return jsonRejection(
      isLoggedIn ? 'Access is denied' : 'Full authentication is required to access this resource',
    );
  }
  return redirectByFilter(request, '/login');
}

function saveRequest(request: SandboxRequest, state: State, cookies: string[]): void {
  const savedRequest = { url: formatUrl(request), fields: readParameters(request) };
  cookies.push(...updateSession(request, state, { savedRequest }));
}

/** Adds the cookie of a new session, unless the request has a session. */
export function ensureSession({ request, state: { sessions }, cookies }: Visit): void {
  if (sessions.get(readSessionId(request))) return;
  cookies.push(formatSessionCookie(sessions.create({}).id));
}

/** @throws ErrorResponse 500 if the `Accept` header is invalid. */
function wantsExactlyJson(request: SandboxRequest): boolean {
  const types = parseMediaTypes(request.headers['accept']);
  if (!types) throw containerError(request, 500);
  return types.some(
    ({ type, subtype, parameters }) =>
      type === 'application' && subtype === 'json' && parameters.length === 0,
  );
}

function jsonRejection(error: string): SandboxResponse {
  const type = { 'content-type': 'application/json;charset=ISO-8859-1' };
  return { ...json(403, { error }, type), rendering: 'view' };
}

/** Adds cookies to a response. */
export function addCookies(response: SandboxResponse, cookies: readonly string[]): SandboxResponse {
  if (cookies.length === 0) return response;
  const own = [response.headers['set-cookie'] ?? []].flat();
  return { ...response, headers: { ...response.headers, 'set-cookie': [...own, ...cookies] } };
}

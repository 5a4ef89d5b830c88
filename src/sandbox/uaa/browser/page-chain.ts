import type { Handler, SandboxRequest, SandboxResponse } from '../../router.js';
import { html, toErrorResponse } from '../../router.js';
import type { Realm } from '../realm.js';
import type { Session } from '../store/sessions.js';
import type { State } from '../store/state.js';
import { selectAuthorizeChain } from './authorize-chains.js';
import {
  createCsrfToken,
  csrfErrorResponse,
  formatCsrfCookie,
  isCsrfCookie,
  readCsrfCookie,
  readSessionId,
  validateCsrfToken,
} from './cookies.js';
import { findLoggedInUser } from './browser-session.js';
import { submitLogin } from './form-login.js';
import { containerError } from '../servlet-container.js';
import { acceptsJson, formatUrl, redirectTo, redirectToLogin } from './login-redirect.js';
import { logOut } from './logout.js';
import { renderInvalidRequestPage } from './pages.js';
import { findReauthentication } from './reauthentication.js';

/**
 * Adds the security filters of browser pages to a handler: CSRF tokens, login, logout, and the
 * redirect to the login page.
 *
 * @see UAA 4.30.0 `login-ui.xml`, `uiSecurity`
 */
export function withPageChain(realm: Realm, next: Handler): Handler {
  return async (request, params) => {
    if (!isInPageChain(request, realm)) return next(request, params);
    const { state } = realm;
    const reauthentication = findReauthentication(request, state);
    if (reauthentication) return reauthentication;
    const isRead = ['GET', 'HEAD', 'TRACE', 'OPTIONS'].includes(request.method);
    const csrfCookies =
      isRead || readCsrfCookie(request) === undefined
        ? [formatCsrfCookie(createCsrfToken(), state.now())]
        : [];
    const response =
      (isRead ? undefined : rejectForm(request, realm)) ??
      resetSession(request, realm) ??
      (await filterPage(request, realm, () => next(request, params)).catch(toErrorResponse));
    return addCookies(response, csrfCookies);
  };
}

/** Paths that other filters handle. */
const otherChains: readonly RegExp[] = [
  /^\/(resources|vendor|password|healthz|authenticate|saml\/web)(\/|$)/,
  /^\/(square-logo\.png|info|error|email_sent|accounts\/email_sent|invalid_request)$/,
  /^\/saml\/(discovery|login|SSO|SingleLogout)(\/|$)/,
  /^\/(saml_error|favicon\.ico|oauth_error|session|session_management|health)$/,
  /^(\/oauth\/token)?\/\.well-known\/openid-configuration$/,
  /^\/(Users|Groups|Codes|approvals|identity-providers|identity-zones|mfa-providers)(\/|$)/,
  /^\/(oauth\/(clients|token)|saml\/(service-providers|idp\/SSO)|invite_users|invitations)(\/|$)/,
  /^\/User[^/]*\/[^/]*\/password$|^\/ids\/Users[^/]*$|^\/login\/callback/,
  /^\/(check_token|introspect|clientinfo|userinfo|autologin|reset_password\.do)$/,
  /^\/(verify_email|verify_user|(token_key|forgot_password|delete_saved_account|password_|email_)[^/]*)$/,
];

function isInPageChain(request: SandboxRequest, { settings }: Realm): boolean {
  if (request.path.startsWith('/mfa-providers') && !settings.behaviour.hasMfa) return true;
  if (otherChains.some((pattern) => pattern.test(request.path))) return false;
  return selectAuthorizeChain(request) === 'page';
}

/** Rejects a form without a valid CSRF token. */
function rejectForm(request: SandboxRequest, { state }: Realm): SandboxResponse | undefined {
  const error = validateCsrfToken(request);
  if (error === undefined) return undefined;
  if (acceptsJson(request)) return csrfErrorResponse(request, error);
  if (!findLoggedInUser(request, state)) {
    return redirectTo(request, '/login?error=invalid_login_request');
  }
  return html(403, renderInvalidRequestPage(), { 'content-language': 'en-US' });
}

/** Ends the session of a user who was deleted, or whose password was changed after the login. */
function resetSession(request: SandboxRequest, { state }: Realm): SandboxResponse | undefined {
  const session = state.sessions.get(readSessionId(request));
  if (session?.userId === undefined || isCurrent(session, { state })) return undefined;
  state.sessions.delete(session.id);
  return redirectTo(request, '/login');
}

function isCurrent({ userId, authenticatedAt }: Session, { state }: Pick<Realm, 'state'>): boolean {
  const user = state.users.get(userId ?? '');
  if (!user?.active) return false;
  // The real server compares with the second in which the password was changed.
  const modifiedAt = Math.floor(user.passwordModifiedAt / 1000) * 1000;
  return authenticatedAt === undefined || modifiedAt <= authenticatedAt;
}

async function filterPage(
  request: SandboxRequest,
  realm: Realm,
  next: () => SandboxResponse | Promise<SandboxResponse>,
): Promise<SandboxResponse> {
  const { state } = realm;
  const { path, method } = request;
  forgetSavedRequest(request, state);
  if (path === '/logout.do') return logOut(request, realm);
  const user = findLoggedInUser(request, state);
  if (user?.passwordChangeRequired && path !== '/force_password_change') {
    return redirectTo(request, '/force_password_change');
  }
  if (path === '/login.do' && method === 'POST') return submitLogin(request, realm);
  if (/^\/login[^/]*$/.test(path) && !loginPages.includes(path)) throw containerError(request, 404);
  const access = findAccess(path);
  if (access === 'all' || (access === 'user') === (user !== undefined)) return next();
  if (!user) return redirectToLogin(request, state);
  // Logged-in users cannot open the pages for those who are not.
  return acceptsJson(request)
    ? csrfErrorResponse(request, 'Access is denied')
    : redirectTo(request, '/login');
}

/** The saved request is forgotten as soon as the browser has returned to it. */
function forgetSavedRequest(request: SandboxRequest, { sessions }: State): void {
  const session = sessions.get(readSessionId(request));
  if (session?.savedRequest?.url !== formatUrl(request)) return;
  sessions.put({ ...session, savedRequest: undefined });
}

/** Other paths that start like these need no login, but do not exist. */
const loginPages = ['/login', '/login.do', '/login_implicit'];

function findAccess(path: string): 'all' | 'anonymous' | 'user' {
  if (path.startsWith('/login/mfa/')) return 'user';
  if (/^\/(create_account[^/]*|reset_password[^/]*|login\/idp_discovery(\/.*)?)$/.test(path)) {
    return 'anonymous';
  }
  return /^\/login[^/]*$/.test(path) ? 'all' : 'user';
}

function addCookies(response: SandboxResponse, added: readonly string[]): SandboxResponse {
  const present = [response.headers['set-cookie'] ?? []].flat();
  const missing = present.some(isCsrfCookie) ? [] : added;
  const cookies = [...missing, ...present];
  if (cookies.length === 0) return response;
  return { ...response, headers: { ...response.headers, 'set-cookie': cookies } };
}

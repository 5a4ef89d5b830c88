import { acceptsJson } from '../requests.js';
import type { Handler, SandboxRequest, SandboxResponse } from '../../router.js';
import { empty, toErrorResponse } from '../../router.js';
import type { Realm } from '../realm.js';
import type { Session } from '../store/sessions.js';
import type { State } from '../store/state.js';
import {
  addCookies,
  createCsrfToken,
  formatCsrfCookie,
  isRead,
  jsonRejection,
  readCsrfCookie,
  readSessionId,
  validateCsrfToken,
} from './cookies.js';
import { findInvitedUser, findLoggedInUser } from './browser-session.js';
import { submitLogin } from './form-login.js';
import {
  formatUrl,
  redirectAndReturn,
  redirectTo,
  redirectToLogin,
  toLocation,
} from './login-redirect.js';
import { logOut } from './logout.js';
import { findPageChain, type PageChain } from './page-access.js';
import { renderInvalidRequestPage } from './pages.js';
import { findReauthentication } from './reauthentication.js';
import { renderView } from './views.js';

/**
 * Adds the security filters of browser pages to a handler: CSRF tokens, login, logout, and the
 * redirect to the login page.
 *
 * @see UAA 4.30.0 `login-ui.xml`, `uiSecurity` and others
 */
export function withPageChain(realm: Realm, next: Handler): Handler {
  return async (request, params) => {
    const chain = findPageChain(request, realm.settings.behaviour);
    if (!chain) return next(request, params);
    const reauthentication = chain.isUserInterface && findReauthentication(request, realm.state);
    if (reauthentication) return reauthentication;
    const known = isRead(request) ? undefined : readCsrfCookie(request);
    const csrfToken = chain.hasCsrf ? (known ?? createCsrfToken()) : undefined;
    const isNew = csrfToken !== undefined && csrfToken !== known;
    const pageRequest = csrfToken === undefined ? request : { ...request, csrfToken };
    const response = await filterRequest(pageRequest, realm, chain, () =>
      next(pageRequest, params),
    ).catch(toErrorResponse);
    return addCookies(response, isNew ? [formatCsrfCookie(csrfToken, realm.state.now())] : []);
  };
}

type Next = () => SandboxResponse | Promise<SandboxResponse>;

async function filterRequest(
  request: SandboxRequest,
  realm: Realm,
  chain: PageChain,
  next: Next,
): Promise<SandboxResponse> {
  const rejection = chain.hasCsrf && !isRead(request) ? rejectForm(request, realm) : undefined;
  const early = rejection ?? resetSession(request, realm);
  if (early) return early;
  const handled = chain.isUserInterface ? handleSession(request, realm) : undefined;
  return handled ?? checkAccess(request, realm, chain) ?? next();
}

/** Rejects a form without a valid CSRF token. */
function rejectForm(request: SandboxRequest, { state }: Realm): SandboxResponse | undefined {
  const error = validateCsrfToken(request);
  if (error === undefined) return undefined;
  if (acceptsJson(request)) return jsonRejection(error);
  const isKnown = findLoggedInUser(request, state) ?? findInvitedUser(request, state);
  if (!isKnown) return redirectTo(request, '/login?error=invalid_login_request');
  return renderView(request, { html: renderInvalidRequestPage, data: () => ({}) }, { status: 403 });
}

/** Ends the session of a user who was deleted, or whose password was changed after the login. */
function resetSession(request: SandboxRequest, { state }: Realm): SandboxResponse | undefined {
  const session = state.sessions.get(readSessionId(request));
  if (session?.userId === undefined || isCurrent(session, state)) return undefined;
  state.sessions.delete(session.id);
  return redirectTo(request, '/login');
}

function isCurrent({ userId, authenticatedAt }: Session, { users }: State): boolean {
  const user = users.get(userId ?? '');
  if (!user?.active) return false;
  // The real server stores the time of the change in whole seconds.
  const modifiedAt = Math.floor(user.passwordModifiedAt / 1000) * 1000;
  return authenticatedAt === undefined || modifiedAt <= authenticatedAt;
}

/** Handles logins and logouts, and shows users the page where they must change the password. */
function handleSession(request: SandboxRequest, realm: Realm): SandboxResponse | undefined {
  const { state } = realm;
  const { path, method } = request;
  if (path === '/logout.do') return logOut(request, realm);
  const redirect = checkPasswordChange(request, state);
  if (redirect) return redirect;
  if (path === '/login.do' && method === 'POST') return submitLogin(request, realm);
  forgetSavedRequest(request, state);
  return undefined;
}

/** Sends users to the page where they must change the password, and away from it afterwards. */
function checkPasswordChange(request: SandboxRequest, state: State): SandboxResponse | undefined {
  const page = '/force_password_change';
  const { path } = request;
  const user = findLoggedInUser(request, state);
  if (user?.passwordChangeRequired) {
    return path === page ? undefined : redirectAndReturn(request, state, page);
  }
  if (!user || (path !== page && path !== `${page}_completed`)) return undefined;
  const saved = state.sessions.get(readSessionId(request))?.savedRequest;
  return path === page || !saved
    ? redirectTo(request, '/')
    : empty(302, { location: toLocation(saved.url) });
}

/** Deletes the saved request as soon as the browser has returned to it. */
function forgetSavedRequest(request: SandboxRequest, { sessions }: State): void {
  const session = sessions.get(readSessionId(request));
  if (session?.savedRequest?.url !== formatUrl(request)) return;
  sessions.put({ ...session, savedRequest: undefined });
}

/** Sends visitors who may not open the page to the login page. */
function checkAccess(
  request: SandboxRequest,
  { state }: Realm,
  { access, rejectsJson }: PageChain,
): SandboxResponse | undefined {
  const user = findLoggedInUser(request, state);
  const isInvited = findInvitedUser(request, state) !== undefined;
  const isAllowed = {
    user: user !== undefined,
    anonymous: user === undefined,
    anyone: true,
    invited: isInvited,
    none: false,
  }[access];
  if (isAllowed) return undefined;
  if (user) return rejectJson(request, 'Access is denied') ?? redirectTo(request, '/login');
  const redirect = redirectToLogin(request, state);
  if (!rejectsJson) return redirect;
  const rejection = rejectJson(request, 'Full authentication is required to access this resource');
  if (!rejection) return redirect;
  return addCookies(rejection, [redirect.headers['set-cookie'] ?? []].flat());
}

/** Rejects a client that accepts JSON, or whose `Accept` header is invalid. */
function rejectJson(request: SandboxRequest, error: string): SandboxResponse | undefined {
  try {
    return acceptsJson(request) ? jsonRejection(error) : undefined;
  } catch (failure) {
    return toErrorResponse(failure);
  }
}

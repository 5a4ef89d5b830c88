import {
  json,
  route,
  html,
  empty,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { wantsJson, readParameters } from '../servlet-container.js';
import {
  formatCsrfCookie,
  expiredCookies,
  createCsrfToken,
  formatSessionCookie,
  readSessionId,
  validateCsrfToken,
  csrfErrorResponse,
} from './cookies.js';
import { infoResponse } from '../info.js';
import { renderHomePage, renderLoginPage, renderPasscodePage } from './pages.js';
import type { State } from '../store/state.js';
import type { Realm } from '../realm.js';
import { authenticateUser, type LoginFailure } from '../oauth/user-authentication.js';
import type { User } from '../store/users.js';

/** Creates the routes of the UAA's web pages: login, home, passcode and logout. */
export function browserRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  return [
    route('GET', '/login', (request) => {
      if (findLoggedInUser(request, state)) return redirectTo(request, '/home');
      return wantsJson(request) ? infoResponse(realm) : showLoginPage(request);
    }),
    route('POST', '/login.do', (request) => submitLogin(request, state)),
    route('GET', '/passcode', (request) => {
      const user = findLoggedInUser(request, state);
      return user ? showPasscode(request, state, user) : redirectToLogin(request, state);
    }),
    route('GET', '/logout.do', (request) => {
      state.sessions.delete(readSessionId(request) ?? '');
      return redirectTo(request, '/login', expiredCookies);
    }),
    ...['', '/home'].map((path) =>
      route('GET', path, (request) => {
        const user = findLoggedInUser(request, state);
        return user ? html(200, renderHomePage(user.userName)) : redirectToLogin(request, state);
      }),
    ),
  ];
}

/** Finds the active user of the request's session; undefined if no user is logged in. */
export function findLoggedInUser(
  request: SandboxRequest,
  { sessions, users }: State,
): User | undefined {
  const user = users.get(sessions.get(readSessionId(request))?.userId ?? '');
  return user?.active ? user : undefined;
}

/** Redirects to the login page. After the login, the user returns to the requested page. */
export function redirectToLogin(request: SandboxRequest, { sessions }: State): SandboxResponse {
  const query = request.query.toString();
  const returnTo = request.path + (query === '' ? '' : `?${query}`);
  const session = sessions.create({ returnTo });
  return redirectTo(request, '/login', [
    formatSessionCookie(session.id),
    formatCsrfCookie(createCsrfToken()),
  ]);
}

function showLoginPage({ query }: SandboxRequest): SandboxResponse {
  const csrfToken = createCsrfToken();
  const error = query.get('error');
  const errorText = error === null ? undefined : loginErrorText(error);
  return html(200, renderLoginPage(csrfToken, errorText), {
    'set-cookie': formatCsrfCookie(csrfToken),
  });
}

/** @param code - error code in the query of the login page. */
function loginErrorText(code: string): string {
  switch (code) {
    case 'account_locked':
      return 'Your account has been locked because of too many failed attempts to login.';
    case 'account_not_verified':
      return (
        'Your account is not verified. You can get another verification link by clicking on ' +
        'Create Account.'
      );
    case 'invalid_login_request':
      return (
        'Invalid login attempt, the request does not meet our security standards and may ' +
        'indicate that the action was not originated by you. Please try again.'
      );
    default:
      return 'Unable to verify email or password. Please try again.';
  }
}

function submitLogin(request: SandboxRequest, state: State): SandboxResponse {
  const csrfError = validateCsrfToken(request);
  if (csrfError !== undefined) {
    return wantsJson(request)
      ? csrfErrorResponse(request, csrfError)
      : redirectTo(request, '/login?error=invalid_login_request', [
          formatCsrfCookie(createCsrfToken()),
        ]);
  }
  const fields = readParameters(request);
  const user = authenticateUser(state, fields.get('username') ?? '', fields.get('password') ?? '');
  if (typeof user === 'string') return redirectTo(request, failurePaths[user]);
  const previousSessionId = readSessionId(request);
  const returnTo = state.sessions.get(previousSessionId)?.returnTo ?? '/';
  if (previousSessionId !== undefined) state.sessions.delete(previousSessionId);
  const authTime = Math.floor(state.now() / 1000);
  const session = state.sessions.create({ userId: user.id, authTime });
  return redirectTo(request, returnTo, [
    formatCsrfCookie(createCsrfToken()),
    formatSessionCookie(session.id),
  ]);
}

const failurePaths: Record<LoginFailure, string> = {
  badCredentials: '/login?error=login_failure',
  locked: '/login?error=account_locked',
  unverified: '/login?error=account_not_verified',
  changeRequired: '/force_password_change',
};

/** Creates a passcode and shows it on a page, or as a JSON string for clients that accept JSON. */
function showPasscode(request: SandboxRequest, { passcodes }: State, user: User): SandboxResponse {
  const code = passcodes.create(user.id);
  return wantsJson(request) ? json(200, code) : html(200, renderPasscodePage(user.userName, code));
}

function redirectTo(
  { origin }: SandboxRequest,
  path: string,
  cookies: string[] = [],
): SandboxResponse {
  const headers = cookies.length > 0 ? { 'set-cookie': cookies } : {};
  return empty(302, { location: `${origin}${path}`, ...headers });
}

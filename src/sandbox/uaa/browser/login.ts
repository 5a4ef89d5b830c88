import {
  json,
  route,
  html,
  empty,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { wantsJson, parameters } from '../container.js';
import {
  csrfCookie,
  deletedCookies,
  newCsrf,
  sessionCookie,
  sessionIdOf,
  csrfProblem,
  csrfErrorResponse,
} from './cookies.js';
import { info } from '../info.js';
import { homePage, loginPage, passcodePage } from './pages.js';
import type { State } from '../store/state.js';
import type { Realm } from '../realm.js';
import { login, type LoginFailure } from '../oauth/user-login.js';
import type { User } from '../store/users.js';

/** UAA's pages: login, home, passcode and logout. */
export function browserRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  return [
    route('GET', '/login', (request) => {
      if (loggedIn(request, state)) return redirect(request, '/home');
      return wantsJson(request) ? info(realm) : showLogin(request);
    }),
    route('POST', '/login.do', (request) => submitLogin(request, state)),
    route('GET', '/passcode', (request) => {
      const user = loggedIn(request, state);
      return user ? showPasscode(request, state, user) : sendToLogin(request, state);
    }),
    route('GET', '/logout.do', (request) => {
      state.sessions.delete(sessionIdOf(request) ?? '');
      return redirect(request, '/login', deletedCookies);
    }),
    ...['', '/home'].map((path) =>
      route('GET', path, (request) => {
        const user = loggedIn(request, state);
        return user ? html(200, homePage(user.userName)) : sendToLogin(request, state);
      }),
    ),
  ];
}

/** @returns the user of the request's session. */
export function loggedIn(request: SandboxRequest, { sessions, users }: State): User | undefined {
  const user = users.get(sessions.get(sessionIdOf(request))?.userId ?? '');
  return user?.active ? user : undefined;
}

/** Redirects to the login page, which returns to the requested page. */
export function sendToLogin(request: SandboxRequest, { sessions }: State): SandboxResponse {
  const query = request.query.toString();
  const returnTo = request.path + (query === '' ? '' : `?${query}`);
  const session = sessions.create({ returnTo });
  return redirect(request, '/login', [sessionCookie(session.id), csrfCookie(newCsrf())]);
}

function showLogin({ query }: SandboxRequest): SandboxResponse {
  const csrf = newCsrf();
  const error = query.get('error');
  const problem = error === null ? undefined : problemOf(error);
  return html(200, loginPage(csrf, problem), { 'set-cookie': csrfCookie(csrf) });
}

/** @param code - in the address of the login page after a failed login. */
function problemOf(code: string): string {
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
  const problem = csrfProblem(request);
  if (problem !== undefined) {
    return wantsJson(request)
      ? csrfErrorResponse(request, problem)
      : redirect(request, '/login?error=invalid_login_request', [csrfCookie(newCsrf())]);
  }
  const fields = parameters(request);
  const user = login(state, fields.get('username') ?? '', fields.get('password') ?? '');
  if (typeof user === 'string') return redirect(request, afterFailure[user]);
  const before = sessionIdOf(request);
  const returnTo = state.sessions.get(before)?.returnTo ?? '/';
  if (before !== undefined) state.sessions.delete(before);
  const authTime = Math.floor(state.now() / 1000);
  const session = state.sessions.create({ userId: user.id, authTime });
  return redirect(request, returnTo, [csrfCookie(newCsrf()), sessionCookie(session.id)]);
}

const afterFailure: Record<LoginFailure, string> = {
  bad: '/login?error=login_failure',
  locked: '/login?error=account_locked',
  unverified: '/login?error=account_not_verified',
  changeRequired: '/force_password_change',
};

/** The page, or only the code as a JSON string for clients that accept JSON. */
function showPasscode(request: SandboxRequest, { passcodes }: State, user: User): SandboxResponse {
  const code = passcodes.create(user.id);
  return wantsJson(request) ? json(200, code) : html(200, passcodePage(user.userName, code));
}

function redirect(
  { origin }: SandboxRequest,
  path: string,
  cookies: string[] = [],
): SandboxResponse {
  const headers = cookies.length > 0 ? { 'set-cookie': cookies } : {};
  return empty(302, { location: `${origin}${path}`, ...headers });
}

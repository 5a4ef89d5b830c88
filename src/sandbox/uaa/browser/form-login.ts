import { readParameters } from '../requests.js';
import { empty, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { authenticateUser, type LoginFailure } from '../oauth/user-login.js';
import type { Realm } from '../realm.js';
import { expiredCurrentUserCookie, readSessionId } from './cookies.js';
import { replaceCsrfToken, startUserSession, updateSession } from './browser-session.js';
import { redirectTo, toLocation } from './login-redirect.js';
import { parseLoginHint } from '../oauth/user-login.js';

/**
 * Handles the form of the login page. Users who must change their password are logged in, too, but
 * all pages redirect them to the page where they can change it.
 */
export function submitLogin(request: SandboxRequest, { state }: Realm): SandboxResponse {
  const fields = readParameters(request);
  const hint = parseLoginHint(fields.get('login_hint'));
  const isKnownOrigin = hint === undefined || hint.origin === 'uaa';
  const name = (fields.get('username') ?? '').trim();
  const user = isKnownOrigin
    ? authenticateUser(state, name, fields.get('password') ?? '')
    : 'badCredentials';
  if (typeof user === 'string') {
    // The real server stores only this error in a session, which it creates if necessary.
    const cookies = user === 'badCredentials' ? updateSession(request, state, {}) : [];
    return redirectTo(request, failurePaths[user], [expiredCurrentUserCookie, ...cookies]);
  }
  const session = state.sessions.get(readSessionId(request));
  const formUrl = fields.get('form_redirect_uri');
  const ownUrl = formUrl !== null && isOwnHost(formUrl, request) ? formUrl : undefined;
  // Before the login, the real server creates a session to store this URL.
  const previous = session ?? (ownUrl === undefined ? undefined : state.sessions.create({}));
  const location = ownUrl ?? session?.savedRequest?.url ?? `${request.origin}/`;
  const cookies = [
    ...startUserSession(request, state, user, previous),
    ...replaceCsrfToken(request, state.now()),
  ];
  return empty(302, { location: toLocation(location), 'set-cookie': cookies });
}

/** Whether the URL has the host of this server, with any port. */
function isOwnHost(url: string, { origin }: SandboxRequest): boolean {
  if (!/^(https?|ftp|file):/i.test(url)) return false;
  return URL.canParse(url) && new URL(url).hostname === new URL(origin).hostname;
}

const failurePaths: Record<LoginFailure, string> = {
  badCredentials: '/login?error=login_failure',
  locked: '/login?error=account_locked',
  unverified: '/login?error=account_not_verified',
  changeRequired: '/force_password_change',
};

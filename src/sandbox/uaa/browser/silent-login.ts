import { statusError } from '../errors.js';
import { readParameters } from '../requests.js';
import { getAuthTime } from '../store/sessions.js';
import { empty, type SandboxRequest, type SandboxResponse } from '../../router.js';
import type { Realm } from '../realm.js';
import type { Principal } from './authorization-request.js';
import { createSessionState } from './authorization-response.js';
import { findLoggedInUser } from './browser-session.js';
import { expiredCurrentUserCookie, formatCurrentUserCookie, readSessionId } from './cookies.js';
import { toLocation } from './login-redirect.js';
import { addFragment, addQuery, RedirectUriError, resolveRedirectUri } from './redirect-uri.js';

/**
 * Handles an authorization request with `prompt=none`. Instead of showing the login page, redirects
 * to the client with an error.
 *
 * @see OpenID Connect Core 1.0, section 3.1.2.6
 */
export async function authorizeSilently(
  request: SandboxRequest,
  realm: Realm,
  authorize: (principal: Principal) => Promise<SandboxResponse>,
): Promise<SandboxResponse> {
  const { state } = realm;
  const user = findLoggedInUser(request, state);
  if (!user) {
    const response = createErrorResponse(request, realm, 'login_required');
    return withCookie(response, expiredCurrentUserCookie);
  }
  if (user.passwordChangeRequired) {
    return createErrorResponse(request, realm, 'interaction_required');
  }
  const authTime = getAuthTime(state.sessions.get(readSessionId(request)));
  const response = await authorize({ user, authTime });
  return withCookie(response, formatCurrentUserCookie(user.id, state.now()));
}

function withCookie(response: SandboxResponse, cookie: string): SandboxResponse {
  return { ...response, headers: { ...response.headers, 'set-cookie': [cookie] } };
}

function createErrorResponse(
  request: SandboxRequest,
  { state }: Realm,
  error: 'login_required' | 'interaction_required',
): SandboxResponse {
  const fields = readParameters(request);
  const client = state.clients.get(fields.get('client_id') ?? '');
  if (!client) return empty(400);
  let redirectUri: string;
  try {
    redirectUri = resolveRedirectUri(fields.get('redirect_uri'), client);
  } catch (failure) {
    const isMismatch = failure instanceof RedirectUriError && failure.isMismatch;
    return isMismatch ? empty(400) : statusError(request, 500).response;
  }
  const types = (fields.get('response_type') ?? '').toLowerCase().split(' ');
  const text = `error=${error}&session_state=${createSessionState(redirectUri)}`;
  const location = types.includes('code')
    ? addQuery(redirectUri, text)
    : addFragment(redirectUri, text);
  return empty(302, { location: toLocation(location) });
}

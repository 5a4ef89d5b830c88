import { readParameters } from '../requests.js';
import { empty, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { matchesUriPattern } from './uri-pattern.js';
import type { Realm } from '../realm.js';
import { createExpiredCookies, readSessionId } from './cookies.js';
import { toLocation } from './login-redirect.js';

/**
 * Deletes the session and redirects the browser. The target is the parameter `redirect` if it is a
 * URL of this server, or matches a redirect URI of the client in the parameter `client_id`.
 * Otherwise, it is the login page.
 *
 * @see UAA 4.30.0 `WhitelistLogoutHandler`
 */
export function logOut(request: SandboxRequest, { state }: Realm): SandboxResponse {
  state.sessions.delete(readSessionId(request) ?? '');
  const fields = readParameters(request);
  const redirect = fields.get('redirect') ?? '';
  const client = state.clients.get(fields.get('client_id') ?? '');
  const isAllowed =
    redirect.startsWith(`${request.origin}/`) ||
    (redirect.trim() !== '' &&
      (client?.redirectUris ?? []).some((pattern) => matchesUriPattern(pattern, redirect)));
  const location = isAllowed ? redirect : `${request.origin}/login`;
  return empty(302, { location: toLocation(location), 'set-cookie': createExpiredCookies() });
}

import { readParameters } from '../requests.js';
import { statusError } from '../errors.js';
import { empty, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { toLocation } from './login-redirect.js';
import type { State } from '../store/state.js';
import { formatSessionCookie, readSessionId } from './cookies.js';

/**
 * Ends the session and repeats the request if `prompt=login` or `max_age` requires a new login.
 *
 * @returns undefined if no new login is required.
 * @throws ErrorResponse 500 if `max_age` is not a whole number.
 * @see UAA 4.30.0 `ReAuthenticationRequiredFilter`
 */
export function findReauthentication(
  request: SandboxRequest,
  { sessions, now }: State,
): SandboxResponse | undefined {
  const fields = readParameters(request);
  const session = sessions.get(readSessionId(request));
  const isLogin = fields.get('prompt') === 'login';
  const maxAge = fields.get('max_age');
  const age = session?.authenticatedAt === undefined ? 0 : now() - session.authenticatedAt;
  const isAgeChecked = maxAge !== null && session?.userId !== undefined;
  if (isAgeChecked && !/^[+-]?\d{1,18}$/.test(maxAge)) {
    throw statusError(request, 500);
  }
  const isOld = isAgeChecked && age > Number(maxAge) * 1000;
  if (!isLogin && !isOld) return undefined;
  if (session) sessions.delete(session.id);
  if (isLogin) fields.delete('prompt');
  if (isOld) fields.delete('max_age');
  const names = [...new Set(fields.keys())];
  const query = names
    .flatMap((name) => fields.getAll(name).map((value) => `${name}=${value}`))
    .join('&');
  const location = `${request.origin}${request.path}${query === '' ? '' : `?${query}`}`;
  // The real server creates a session only to delete it, but sends its cookie.
  const created = session ? {} : { 'set-cookie': formatSessionCookie(sessions.create({}).id) };
  return empty(302, { location: toLocation(location), ...created });
}

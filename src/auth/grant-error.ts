import { TpksError } from '../errors.js';
import { toStatusError, type Failure } from '../http/status-error.js';

/** The error codes that old and new UAAs return if they reject credentials. @see uaa-api, section 12 */
const rejectionCodes = new Set([
  'unauthorized',
  'invalid_client',
  'unauthorized_client',
  'invalid_grant',
  'invalid_token',
  'access_denied',
]);

/**
 * Translates an error response to a token request, or to an authorization request with credentials.
 * @returns an error of the kind `unauthenticated` only if the UAA rejected the credentials: if the
 *   server itself has a problem, a new login does not help.
 */
export function toGrantError(failure: Failure): TpksError {
  const { request, status, message, oauthError, body } = failure;
  if (oauthError === undefined && typeof body !== 'object') {
    const { host } = new URL(request.url);
    return new TpksError(
      'unavailable',
      `${host} does not respond like a UAA (HTTP ${String(status)}): ${message}`,
      { status, host, hint: 'check the address of the UAA, then try again' },
    );
  }
  if (status >= 500 || status === 429) return toStatusError(failure);
  const kind =
    oauthError !== undefined && rejectionCodes.has(oauthError) ? 'unauthenticated' : 'failed';
  return new TpksError(kind, message, {
    status,
    body,
    ...(oauthError === undefined ? {} : { oauthError }),
  });
}

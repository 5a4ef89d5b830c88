import { TpksError } from '../errors.js';
import { toStatusError, type Failure } from '../http/status-error.js';

/** UAA's codes for "these credentials are not good", old and new. @see uaa-api, section 12 */
const rejections = new Set([
  'unauthorized',
  'invalid_client',
  'invalid_grant',
  'invalid_token',
  'access_denied',
]);

/**
 * A refusal of the token endpoint, or of the authorization endpoint where it takes credentials.
 * Trouble of the server is told from a refusal, for that is no reason to log in again.
 */
export function toGrantError(failure: Failure): TpksError {
  const { status, message, oauthError, body } = failure;
  if (oauthError === undefined && typeof body !== 'object') {
    return new TpksError(
      'unavailable',
      `The UAA did not answer as one (HTTP ${String(status)}): ${message}`,
      { status, hint: 'check the address of the UAA, then try again' },
    );
  }
  if (status >= 500 || status === 429) return toStatusError(failure);
  const kind =
    oauthError !== undefined && rejections.has(oauthError) ? 'unauthenticated' : 'failed';
  return new TpksError(kind, message, {
    status,
    ...(oauthError === undefined ? {} : { oauthError }),
  });
}

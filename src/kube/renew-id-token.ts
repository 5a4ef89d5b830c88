import type { StoredSession } from '../auth/session-file.js';
import type { Token } from '../auth/token.js';
import { isTpksError, rewordError, TpksError } from '../errors.js';
import { toSessionToken } from './id-token.js';
import type { KubernetesSessionsDeps, RenewableSession } from './sessions.js';
import { findSessionSettings } from './stored-sessions.js';

/** Requests the next ID token. @see RFC 6749, section 6 */
export async function renewIdToken(
  stored: StoredSession | undefined,
  { name, command, uaa, caCert, skipTlsVerification, trustCommand }: RenewableSession,
  { settings, grants }: Pick<KubernetesSessionsDeps, 'settings' | 'grants'>,
): Promise<Token> {
  // A logout or a login may have replaced the session while this process waited for the lock. The UAA of
  // the old one must not get the new refresh token.
  const current = findSessionSettings(await settings.read(), name);
  if (current?.uaa !== uaa) throw endedError('another command has ended or replaced it', command);
  if (stored === undefined) throw endedError('its tokens no longer exist', command);
  const { refreshToken } = stored;
  if (refreshToken === undefined) {
    throw endedError('its token has expired, and the UAA issued no refresh token', command);
  }
  try {
    const client = await grants({ uaa, caCert, skipTlsVerification, trustCommand });
    return toSessionToken(await client.refresh(refreshToken), uaa);
  } catch (error) {
    if (!isTpksError(error)) throw error;
    const reason = `Cannot renew the token for kubectl: ${error.message}`;
    if (error.kind === 'unavailable') throw rewordError(error, { message: reason });
    if (!['unauthenticated', 'failed'].includes(error.kind)) throw error;
    throw rewordError(error, {
      message: `${new URL(uaa).host} did not renew the token for kubectl: ${error.message}`,
      hint: command,
    });
  }
}

function endedError(reason: string, hint: string): TpksError {
  return new TpksError('unauthenticated', `The Kubernetes session has ended: ${reason}`, { hint });
}

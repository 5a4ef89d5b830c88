import type { StoredSession } from '../../src/auth/session-file.js';
import type { Plain } from './plain-tokens.js';

/** Creates a session with this access token. */
export function sessionOf(accessToken: string): Plain<StoredSession> {
  return {
    accessToken,
    refreshToken: `refresh-of-${accessToken}`,
    scope: 'pks.clusters.manage',
    expiresAt: '2030-01-02T03:04:05.000Z',
    lifetimeSeconds: 600,
    clockOffsetSeconds: -3,
  };
}

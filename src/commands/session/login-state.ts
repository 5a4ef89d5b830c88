import { formatDuration, formatInstant } from '../../base/clock.js';
import type { StoredSession } from '../../domain/auth/session-repository.js';
import { findRenewalEnd } from '../../domain/auth/session.js';
import type { ContextSettings } from '../../platform/config/settings.js';
import { formatTimeOfDay } from '../format-time.js';

/** Whether a context can be used without a new login; printed in JSON. */
export interface LoginState {
  readonly loggedIn: boolean;
  /**
   * Expiry time of a session that cannot be renewed, in ISO 8601, by this machine's clock. `null` if the
   * session can be renewed, was rejected, or does not exist.
   */
  readonly loggedInUntil: string | null;
}

export const loggedOut: LoginState = { loggedIn: false, loggedInUntil: null };

/** Determines without a request whether a session can still be used. */
export function findLoginState(
  session: StoredSession | undefined,
  context: Pick<ContextSettings, 'grant' | 'clientKeyFile'>,
  now: Date,
): LoginState {
  if (session === undefined || session.refreshRejectedAt !== undefined) return loggedOut;
  // Tokens expire by the server's clock.
  const offset = session.clockOffsetSeconds * 1000;
  const renewalEnd = findRenewalEnd(session, context) - offset;
  if (renewalEnd > now.getTime()) return { loggedIn: true, loggedInUntil: null };
  const end = new Date(Math.max(Date.parse(session.expiresAt) - offset, renewalEnd));
  return { loggedIn: end > now, loggedInUntil: formatInstant(end) };
}

/** Formats a login state for a table, with the local time, e.g. `until 07:23` or `expired 7 min ago`. */
export function formatLoginState({ loggedIn, loggedInUntil }: LoginState, now: Date): string {
  if (loggedInUntil === null) return loggedIn ? 'yes' : 'no';
  const end = new Date(loggedInUntil);
  if (loggedIn) return `until ${formatTimeOfDay(end, now, 'minutes')}`;
  const seconds = Math.round((now.getTime() - end.getTime()) / 1000);
  return `expired ${formatDuration(seconds < 60 ? seconds : seconds - (seconds % 60))} ago`;
}

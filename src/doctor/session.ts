import { renewalMarginSeconds, remainingSeconds } from '../auth/session.js';
import type { StoredSession } from '../auth/session-file.js';
import { formatDuration } from '../duration.js';
import type { Context } from '../contexts/context.js';
import { fail, pass, skip, warn, type CheckResult } from './check.js';

export interface SessionInput {
  readonly context: Pick<Context, 'name' | 'store' | 'grant'>;
  readonly stored: StoredSession | undefined;
  readonly loginCommand: string;
  readonly now: Date;
}

/** Reports whether the session of a context can still be used. Renews nothing. */
export function checkSession({ context, stored, loginCommand, now }: SessionInput): CheckResult {
  const { name, store } = context;
  if (store === 'none') {
    return skip(
      'session',
      `${name}: each command requests a token with the credentials in the environment`,
    );
  }
  if (stored === undefined) return fail('session', `${name}: not logged in`, loginCommand);
  if (stored.refreshRejectedAt !== undefined) {
    return fail('session', `${name}: the UAA has rejected the refresh token`, loginCommand);
  }
  const isRenewable = stored.refreshToken !== undefined || stored.clientSecret !== undefined;
  const seconds = Math.floor(remainingSeconds(stored, now));
  if (seconds > 0) {
    const renewal = isRenewable ? 'and is then renewed' : 'and cannot be renewed';
    return pass('session', `${name}: the token expires in ${formatDuration(seconds)} ${renewal}`);
  }
  if (isRenewable) return pass('session', `${name}: the next command renews the expired token`);
  const message = `${name}: the token has expired`;
  // The secret of a client may be available to other commands, in the environment or in a file.
  return context.grant === 'client_credentials'
    ? warn('session', message, `${loginCommand}, or set TPKS_CLIENT_SECRET`)
    : fail('session', message, loginCommand);
}

/** Whether the access token stays valid long enough for a request. */
export function isFresh(stored: StoredSession, now: Date): boolean {
  return remainingSeconds(stored, now) > renewalMarginSeconds(stored);
}

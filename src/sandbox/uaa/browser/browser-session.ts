import type { SandboxRequest } from '../../router.js';
import type { Session } from '../store/sessions.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';
import {
  createCsrfToken,
  formatCsrfCookie,
  formatCurrentUserCookie,
  formatExpiredCsrfCookie,
  formatSessionCookie,
  readCsrfCookie,
  readSessionId,
} from './cookies.js';

/** Finds the active user of the request's session; undefined if no user is logged in. */
export function findLoggedInUser(
  request: SandboxRequest,
  { sessions, users }: State,
): User | undefined {
  const user = users.get(sessions.get(readSessionId(request))?.userId ?? '');
  return user?.active ? user : undefined;
}

/** Finds the user who has opened an invitation in this session and may set a password. */
export function findInvitedUser(
  request: SandboxRequest,
  { sessions, users }: State,
): User | undefined {
  return users.get(sessions.get(readSessionId(request))?.invitedUserId ?? '');
}

/**
 * Adds data to the request's session, which is created if necessary.
 *
 * @returns the cookie of a new session.
 */
export function updateSession(
  request: SandboxRequest,
  { sessions }: State,
  data: Omit<Session, 'id'>,
): readonly string[] {
  const session = sessions.get(readSessionId(request));
  if (session) {
    sessions.put({ ...session, ...data });
    return [];
  }
  return [formatSessionCookie(sessions.create(data).id)];
}

/**
 * Logs a user in. The session gets a new id, so that an id that was known before cannot be used
 * afterwards.
 *
 * @param previous - the session before the login.
 * @returns the cookies to set.
 */
export function startUserSession(
  request: SandboxRequest,
  { sessions, now }: State,
  user: User,
  previous = sessions.get(readSessionId(request)),
): string[] {
  if (previous) sessions.delete(previous.id);
  const { id } = sessions.create({
    ...previous,
    userId: user.id,
    anonymousId: previous?.id,
    authenticatedAt: now(),
  });
  return [formatCurrentUserCookie(user.id, now()), formatSessionCookie(id)];
}

/** Creates the cookies that replace the CSRF token of the login form. */
export function replaceCsrfToken(request: SandboxRequest, now: number): string[] {
  if (readCsrfCookie(request) === undefined) return [];
  return [formatExpiredCsrfCookie(), formatCsrfCookie(createCsrfToken(), now)];
}

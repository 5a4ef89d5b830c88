import type { SandboxRequest, SandboxResponse } from '../../router.js';
import { formatSessionCookie, readSessionId } from '../browser/cookies.js';
import { findInvitedUser, findLoggedInUser } from '../browser/browser-session.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';

/** A request to a page that the security filters have accepted. */
export interface Visit {
  readonly request: SandboxRequest;
  readonly state: State;
  /** The logged-in user. */
  readonly user: User | undefined;
  /** The user who may accept an invitation. */
  readonly invited: User | undefined;
  /** For the forms of the page; undefined if the page has no CSRF protection. */
  readonly csrfToken: string | undefined;
  /** Cookies to add to the response. Routes can add more. */
  readonly cookies: string[];
}

/** Collects what the routes of pages need to know about a request. */
export function createVisit(request: SandboxRequest, state: State): Visit {
  return {
    request,
    state,
    user: findLoggedInUser(request, state),
    invited: findInvitedUser(request, state),
    csrfToken: request.csrfToken,
    cookies: [],
  };
}

/** Adds the cookie of a new session, unless the request has a session. */
export function ensureSession({ request, state: { sessions }, cookies }: Visit): void {
  if (sessions.get(readSessionId(request))) return;
  cookies.push(formatSessionCookie(sessions.create({}).id));
}

/** Adds cookies to a response. */
export function addCookies(response: SandboxResponse, cookies: readonly string[]): SandboxResponse {
  if (cookies.length === 0) return response;
  const own = [response.headers['set-cookie'] ?? []].flat();
  return { ...response, headers: { ...response.headers, 'set-cookie': [...own, ...cookies] } };
}

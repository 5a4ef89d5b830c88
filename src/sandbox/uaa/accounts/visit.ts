import type { SandboxRequest } from '../../router.js';
import { findInvitedUser, findLoggedInUser, updateSession } from '../browser/browser-session.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';

/** A page request that the security filters have accepted. */
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

/** Collects the data of a request that the routes of pages need. */
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

/** Creates a session, unless the request already has one. */
export function ensureSession({ request, state, cookies }: Visit): void {
  cookies.push(...updateSession(request, state, {}));
}

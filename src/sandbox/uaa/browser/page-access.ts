import type { Behaviour } from '../behaviour.js';
import type { SandboxRequest } from '../../router.js';
import { selectAuthorizeChain } from './authorize-chains.js';

/** Who can open a page. `none` rejects all requests. */
export type Access = 'user' | 'anonymous' | 'anyone' | 'invited' | 'none';

/** The security filters for a group of pages. */
export interface PageChain {
  /** Whether forms must contain a CSRF token. */
  readonly hasCsrf: boolean;
  /** Whether clients that accept JSON get status 403 instead of the login page. */
  readonly rejectsJson: boolean;
  /** Whether the chain handles logins, logouts and forced password changes. */
  readonly isUserInterface: boolean;
  readonly access: Access;
}

/** Paths that other filters handle: APIs, and pages that need neither a login nor a CSRF token. */
const otherChains: readonly RegExp[] = [
  /^\/saml\/(discovery|login|SSO|SingleLogout)(\/|$)/,
  /^\/(Users|Groups|Codes|approvals|identity-providers|identity-zones|mfa-providers)(\/|$)/,
  /^\/(oauth\/(clients|token)|saml\/service-providers|invite_users)(\/|$)/,
  /^\/User[^/]*\/[^/]*\/password$|^\/ids\/Users[^/]*$|^\/login\/callback/,
  /^\/(check_token|introspect|clientinfo|userinfo|autologin|health)$/,
  /^\/(verify_email|verify_user)$/,
  /^\/(token_key|forgot_password|delete_saved_account|password_|email_)[^/]*$/,
];

/**
 * Finds the filters for a page.
 *
 * @returns undefined if other filters handle the request.
 * @see UAA 4.30.0 `login-ui.xml`
 */
export function findPageChain(
  request: SandboxRequest,
  { hasMfa }: Behaviour,
): PageChain | undefined {
  const { path } = request;
  if (/^\/(info|healthz|error|\.well-known\/.*|password\/score)$/.test(path)) return undefined;
  const isRemoved = path.startsWith('/mfa-providers') && !hasMfa;
  if (!isRemoved && otherChains.some((pattern) => pattern.test(path))) return undefined;
  if (selectAuthorizeChain(request) !== 'page') return undefined;
  const other = { isUserInterface: false, hasCsrf: true, rejectsJson: true };
  if (/^\/invitations(\/|$)/.test(path)) return { ...other, access: findInvitationAccess(request) };
  if (path === '/reset_password.do') return { ...other, access: 'anyone' };
  if (/^\/saml\/idp\/SSO(\/|$)/.test(path)) return { ...other, hasCsrf: false, access: 'user' };
  return { isUserInterface: true, hasCsrf: true, rejectsJson: false, access: findAccess(path) };
}

/** The filters accept only one method for each path. */
function findInvitationAccess({ path, method }: SandboxRequest): Access {
  if (path === '/invitations/accept' && method === 'GET') return 'anyone';
  const isForm = /^\/invitations\/(accept|accept_enterprise)\.do$/.test(path);
  return isForm && method === 'POST' ? 'invited' : 'none';
}

function findAccess(path: string): Access {
  if (/^\/login\/mfa(\/|$)/.test(path)) return 'user';
  if (/^\/(create_account[^/]*|reset_password[^/]*|login\/idp_discovery(\/.*)?)$/.test(path)) {
    return 'anonymous';
  }
  return /^\/login[^/]*$/.test(path) ? 'anyone' : 'user';
}

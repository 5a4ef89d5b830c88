import { authenticateCaller, checkAudience, insufficientScopeError } from '../oauth/bearer.js';
import { challenges, oauthError } from '../oauth/error.js';
import { readParameters } from '../http/servlet-container.js';
import type { SandboxRequest } from '../../router.js';
import type { CheckedToken } from '../oauth/token-check.js';
import type { Realm } from '../realm.js';

/** What a token must contain for an API that other login pages use. */
interface ApiSecurity {
  /** In the order in which the real server lists them. */
  readonly scopes: readonly string[];
  /** Required resource. */
  readonly audience?: string;
}

const codes: ApiSecurity = { scopes: ['uaa.admin', 'oauth.login'] };
const passwords: ApiSecurity = { scopes: ['uaa.admin', 'oauth.login', 'zones.uaa.admin'] };
const emails: ApiSecurity = { scopes: ['oauth.login'], audience: 'oauth' };

/** Finds the security filters for a path; undefined if the path does not belong to these APIs. */
export function findApiSecurity(path: string): ApiSecurity | undefined {
  if (/^\/Codes(\/|$)/.test(path)) return codes;
  if (/^\/password_[^/]*$/.test(path)) return passwords;
  return /^\/email_[^/]*$/.test(path) ? emails : undefined;
}

/**
 * Identifies the caller and checks the token.
 *
 * @throws ErrorResponse 401 or 403.
 */
export async function authorizeApiCaller(
  request: SandboxRequest,
  realm: Realm,
  { scopes, audience }: ApiSecurity,
): Promise<CheckedToken> {
  if (!hasToken(request)) {
    const description = 'An Authentication object was not found in the SecurityContext';
    throw oauthError(401, 'unauthorized', description, { challenge: challenges.resource });
  }
  const caller = await authenticateCaller(request, realm);
  if (audience !== undefined) checkAudience(caller, audience);
  if (!scopes.some((scope) => caller.scope.includes(scope))) throw insufficientScopeError(scopes);
  return caller;
}

function hasToken(request: SandboxRequest): boolean {
  return (
    /^bearer\s+/i.test(request.headers['authorization'] ?? '') ||
    readParameters(request).has('access_token')
  );
}

import type { SandboxRequest } from '../router.js';
import { findRule } from './access-rules.js';
import { accessDeniedError, statusError } from './errors.js';
import { authenticateCaller, checkAudience, insufficientScopeError } from './oauth/bearer.js';
import { authenticateClient, clientAuthError } from './oauth/client-auth.js';
import type { Realm } from './realm.js';

/**
 * Checks the credentials of a request before its route runs.
 *
 * @param path - the decoded path.
 * @throws ErrorResponse 401 for a missing or invalid token or client, or 403 for a missing scope.
 */
export async function checkAccess(
  request: SandboxRequest,
  path: string,
  realm: Realm,
): Promise<void> {
  checkClient(request, path, realm);
  const rule = findRule(request.method, path);
  if (!rule) return;
  const caller = await authenticateCaller(request, realm);
  if (rule.resource !== undefined) checkAudience(caller, rule.resource);
  if (rule.access === 'token') return;
  const scopes = rule.access.split(' ').filter((scope) => scope !== 'self');
  if (scopes.some((scope) => caller.scope.includes(scope))) return;
  if (rule.access.startsWith('self ') && caller.user?.id === path.split('/')[2]) return;
  if (rule.hasStatusError) throw statusError(request, 403);
  throw rule.access === 'denied' ? accessDeniedError() : insufficientScopeError(scopes);
}

/** Checks the client of a request to a path that requires or accepts Basic credentials. */
function checkClient(request: SandboxRequest, path: string, realm: Realm): void {
  if (!/^\/(check_token|introspect|clientinfo|token_keys?)$/.test(path)) return;
  const client = authenticateClient(request, realm);
  if (path.startsWith('/token_key')) return;
  if (!client) throw clientAuthError();
  if (path !== '/clientinfo' && !client.authorities.includes('uaa.resource')) {
    throw accessDeniedError();
  }
}

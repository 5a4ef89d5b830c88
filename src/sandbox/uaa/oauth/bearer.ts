import type { ErrorResponse, SandboxRequest } from '../../router.js';
import { listClaim } from './claims.js';
import { scopeInZone } from '../zone-header.js';
import { javaDate } from './java-date.js';
import { challenges, oauthError } from './error.js';
import { parameters } from '../parameters.js';
import { InvalidToken, checkToken } from './token-check.js';
import type { CheckedToken } from './token-check.js';
import type { Realm } from '../realm.js';

/**
 * Who calls a route that takes a bearer token, from the header (whatever the case of its scheme)
 * or the parameter `access_token`.
 *
 * @throws ErrorResponse 401 without a token, and with one that is not good.
 */
export async function bearerCaller(request: SandboxRequest, realm: Realm): Promise<CheckedToken> {
  const [, header] = /^bearer\s+(.*)$/i.exec(request.headers['authorization'] ?? '') ?? [];
  const token = header ?? parameters(request).get('access_token');
  if (token === null) {
    throw refused('unauthorized', 'Full authentication is required to access this resource');
  }
  const checked = await checkToken(token, 'access', realm).catch((error: unknown) => {
    throw error instanceof InvalidToken ? refused('invalid_token', error.message) : error;
  });
  if (checked.expiresAt < realm.state.now()) {
    throw refused(
      'invalid_token',
      `Invalid access token: expired at ${javaDate(checked.expiresAt)}`,
    );
  }
  return { ...checked, scope: scopeInZone(request, checked.scope) };
}

/**
 * As `bearerCaller`, of whom one of the scopes is wanted. `uaa.admin` and the administrator of
 * the zone always do.
 *
 * @param self - id of the user that the route is about; this user needs none of the scopes.
 * @throws ErrorResponse also 403 `insufficient_scope`, which names everything that was tried.
 */
export async function callerWithScope(
  request: SandboxRequest,
  realm: Realm,
  scopes: readonly string[],
  self?: string,
): Promise<CheckedToken> {
  const caller = await bearerCaller(request, realm);
  const tried = ['uaa.admin', ...scopes, 'zones.uaa.admin'];
  if (tried.some((scope) => caller.scope.includes(scope))) return caller;
  if (self !== undefined && caller.user?.id === self) return caller;
  throw insufficientScope(tried);
}

/**
 * A check of the few routes that `uaa.admin` does not open: the token must be meant for them.
 *
 * @throws ErrorResponse 403 `access_denied`.
 */
export function checkAudience({ claims }: CheckedToken, resource: string): void {
  if (listClaim(claims, 'aud')?.includes(resource)) return;
  const description = `Invalid token does not contain resource id (${resource})`;
  throw oauthError({ status: 403, error: 'access_denied', description }, challenges.resource);
}

/** @param tried - the scopes of which none was there, in the order they were looked for. */
export function insufficientScope(tried: readonly string[]): ErrorResponse {
  return oauthError(
    {
      status: 403,
      error: 'insufficient_scope',
      description: 'Insufficient scope for this resource',
      extra: { scope: tried.join(' ') },
    },
    challenges.token,
  );
}

function refused(error: string, description: string): ErrorResponse {
  return oauthError({ status: 401, error, description }, challenges.resource);
}

import type { ErrorResponse, SandboxRequest } from '../../router.js';
import { challenges, oauthError } from './error.js';
import { parameters } from '../container.js';
import { InvalidToken, checkToken, javaDate, listClaim, type CheckedToken } from './token-check.js';
import type { Realm } from '../realm.js';

/**
 * Identifies the caller of a route by the bearer token in the header (the scheme in any case) or in
 * the parameter `access_token`.
 *
 * @throws ErrorResponse 401 without a token, and with an invalid one.
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
 * As `bearerCaller`, but the caller needs one of the scopes. `uaa.admin` and the scope of the zone's
 * administrators are always sufficient.
 *
 * @param self - id of the user that the route is about; this user needs none of the scopes.
 * @throws ErrorResponse also 403 `insufficient_scope`, which names all scopes that are sufficient.
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
 * Checks the audience of a token, for the few routes for which `uaa.admin` is not sufficient.
 *
 * @throws ErrorResponse 403 `access_denied`.
 */
export function checkAudience({ claims }: CheckedToken, resource: string): void {
  if (listClaim(claims, 'aud')?.includes(resource)) return;
  const description = `Invalid token does not contain resource id (${resource})`;
  throw oauthError(403, 'access_denied', description, { challenge: challenges.resource });
}

/** @param tried - the scopes that the caller does not have, in the order of the checks. */
export function insufficientScope(tried: readonly string[]): ErrorResponse {
  return oauthError(403, 'insufficient_scope', 'Insufficient scope for this resource', {
    challenge: challenges.token,
    extra: { scope: tried.join(' ') },
  });
}

function refused(error: string, description: string): ErrorResponse {
  return oauthError(401, error, description, { challenge: challenges.resource });
}

/** Scopes that are sufficient if a header names the zone `uaa`. */
export const zoneAdministrators: readonly string[] = [
  'uaa.admin',
  'zones.uaa.admin',
  'zones.uaa.read',
];

/** If a header names a zone, only the caller's scopes for zones count. */
function scopeInZone(request: SandboxRequest, scope: readonly string[]): readonly string[] {
  if (requestedZone(request) === undefined) return scope;
  return scope.filter((name) => zoneAdministrators.includes(name));
}

/** The id takes precedence over the subdomain; empty headers are ignored. */
export function requestedZone({ headers }: SandboxRequest): string | undefined {
  const id = headers['x-identity-zone-id'];
  const subdomain = headers['x-identity-zone-subdomain'];
  return id || (subdomain ? `subdomain ${subdomain}` : undefined);
}

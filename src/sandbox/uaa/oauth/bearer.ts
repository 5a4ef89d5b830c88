import type { ErrorResponse, SandboxRequest } from '../../router.js';
import { challenges, oauthError } from '../errors.js';
import type { Realm } from '../realm.js';
import { readParameters } from '../requests.js';
import { limitScopeToZone } from '../zones.js';
import { InvalidTokenError, checkToken, type CheckedToken } from './token-check.js';

/**
 * Identifies the caller by the bearer token in the `Authorization` header, whose scheme is
 * case-insensitive, or in the parameter `access_token`.
 *
 * @throws ErrorResponse 401 if the token is missing or invalid.
 */
export async function authenticateCaller(
  request: SandboxRequest,
  realm: Realm,
): Promise<CheckedToken> {
  const value = findToken(request);
  if (value === undefined) {
    throw bearerError('unauthorized', 'Full authentication is required to access this resource');
  }
  const { callers = realm } = realm;
  const token = await checkToken(value, 'access', callers).catch((error: unknown) => {
    throw error instanceof InvalidTokenError ? bearerError('invalid_token', error.message) : error;
  });
  if (token.expiresAt < realm.state.now()) {
    const time = new Date(token.expiresAt).toUTCString();
    throw bearerError('invalid_token', `Invalid access token: expired at ${time}`);
  }
  return { ...token, scope: limitScopeToZone(request, token.scope) };
}

function findToken(request: SandboxRequest): string | undefined {
  const [, header] = /^bearer([^,]*)/i.exec(request.headers['authorization'] ?? '') ?? [];
  return header?.trim() ?? readParameters(request).get('access_token') ?? undefined;
}

/** Whether the request contains a bearer token, which may be invalid. */
export function hasToken(request: SandboxRequest): boolean {
  return findToken(request) !== undefined;
}

/**
 * Checks that a token is intended for a resource. Only a few routes require this; on these, even
 * `uaa.admin` is not sufficient.
 *
 * @throws ErrorResponse 403 `access_denied`.
 */
export function checkAudience({ claims }: CheckedToken, resource: string): void {
  if (claims.aud.includes(resource)) return;
  const description = `Invalid token does not contain resource id (${resource})`;
  throw oauthError(403, 'access_denied', description, { challenge: challenges.resource });
}

/**
 * Creates the error for a token without the required scope.
 *
 * @param acceptedScopes - the scopes that the route accepts, in the order of the real server.
 */
export function insufficientScopeError(acceptedScopes: readonly string[]): ErrorResponse {
  return oauthError(403, 'insufficient_scope', 'Insufficient scope for this resource', {
    challenge: challenges.token,
    extra: { scope: acceptedScopes.join(' ') },
  });
}

function bearerError(error: string, description: string): ErrorResponse {
  return oauthError(401, error, description, { challenge: challenges.resource });
}

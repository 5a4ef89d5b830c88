import { ErrorResponse, type SandboxRequest } from '../router.js';
import { checkClient, isClientPath } from './filter-chain.js';
import { authenticateCaller, readRequestedZone, zoneAdminScopes } from './oauth/bearer.js';
import { containerError, errorPageResponse } from './servlet-container.js';
import type { Realm } from './realm.js';

/**
 * Rejects requests for an unknown host, which the real server takes for an unknown zone.
 *
 * @throws ErrorResponse 404 without a description.
 */
export function checkHost(request: SandboxRequest, { settings }: Realm): void {
  const name = request.headers['host']?.toLowerCase().replace(/:\d*$/, '');
  const names = ['localhost', '127.0.0.1', new URL(settings.issuer).hostname];
  if (name === undefined || names.includes(name) || /^\/healthz(\/|$)/.test(request.path)) return;
  throw new ErrorResponse({ ...errorPageResponse(request, 404), rendering: 'escaped' });
}

/**
 * Rejects requests for unknown identity zones. The sandbox has only the zone `uaa`, whose subdomain
 * is empty.
 *
 * @throws ErrorResponse 404 if the zone is unknown, or 403 if the caller may not use it, both
 *   without a description; 401 if the token is invalid.
 */
export async function checkZone(request: SandboxRequest, realm: Realm): Promise<void> {
  const zone = readRequestedZone(request);
  // The token endpoint checks the zone after the authentication.
  if (zone === undefined || request.path === '/oauth/token') return;
  checkClient(request, request.path, realm);
  if (isClientPath(request.path)) rejectClientZone(request, false);
  else await checkTokenZone(request, realm);
}

/** Checks the zone of a request that may have a bearer token. @throws as {@link checkZone}. */
export async function checkTokenZone(request: SandboxRequest, realm: Realm): Promise<void> {
  const zone = readRequestedZone(request);
  if (zone === undefined) return;
  const hasBearerToken = /^bearer\s/i.test(request.headers['authorization'] ?? '');
  const scope = hasBearerToken ? (await authenticateCaller(request, realm)).scope : [];
  if (zone !== 'uaa') throw containerError(request, 404);
  if (!zoneAdminScopes.some((name) => scope.includes(name))) throw containerError(request, 403);
}

/**
 * Rejects a request with a zone header by a client that has authenticated by its secret, because
 * only tokens permit the use of a zone.
 *
 * @param isOAuth2 - whether the authentication is of a kind that the real server cannot convert, so
 *   that it fails.
 * @throws ErrorResponse 404, 403 or 500, without a description.
 */
export function rejectClientZone(request: SandboxRequest, isOAuth2: boolean): void {
  const zone = readRequestedZone(request);
  if (zone === undefined) return;
  if (zone !== 'uaa') throw containerError(request, 404);
  throw containerError(request, isOAuth2 ? 500 : 403);
}

import { ErrorResponse, type SandboxRequest } from '../router.js';
import { authenticateCaller, readRequestedZone, zoneAdminScopes } from './oauth/bearer.js';
import { authenticatesClients, checkClientZone } from './client-zone.js';
import { containerError, errorPageResponse } from './servlet-container.js';
import { findChain } from './security-chains.js';
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
  if (zone === undefined || /^\/healthz(\/|$)/.test(request.path)) return;
  if (authenticatesClients(request)) {
    checkClientZone(request, realm);
    return;
  }
  // Without a filter for tokens, the caller remains unknown.
  const hasBearerToken =
    (findChain(request.path) !== undefined || request.path === '/oauth/token') &&
    /^bearer\s/i.test(request.headers['authorization'] ?? '');
  const scope = hasBearerToken ? (await authenticateCaller(request, realm)).scope : [];
  if (zone !== 'uaa') throw containerError(request, 404);
  if (!zoneAdminScopes.some((name) => scope.includes(name))) throw containerError(request, 403);
}

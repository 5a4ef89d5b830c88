import { ErrorResponse, type SandboxRequest } from '../router.js';
import { authenticateCaller, findRequestedZone } from './oauth/bearer.js';
import { containerError, errorPageResponse } from './servlet-container.js';
import { findChain } from './security-chains.js';
import type { Realm } from './realm.js';
import type { Zone } from './store/zones.js';

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
 * Finds the identity zone of a request, which a header can select.
 *
 * @returns undefined for the zone `uaa`.
 * @throws ErrorResponse 404 if the zone is unknown, or 403 if the caller may not use it, both
 *   without a description; 401 if the token is invalid.
 */
export async function selectZone(request: SandboxRequest, realm: Realm): Promise<Zone | undefined> {
  const zone = findRequestedZone(request, realm.state);
  if (zone === undefined) return undefined;
  // Without a filter for tokens, the caller remains unknown.
  const hasBearerToken =
    (findChain(request.path) !== undefined || /^\/oauth\/token(\/|$)/.test(request.path)) &&
    /^bearer\s/i.test(request.headers['authorization'] ?? '');
  const scope = hasBearerToken ? (await authenticateCaller(request, realm)).scope : [];
  if (zone === null) throw containerError(request, 404);
  if (scope.length === 0) throw containerError(request, 403);
  return zone.id === 'uaa' ? undefined : zone;
}

import type { SandboxRequest } from '../router.js';
import { checkClient, isClientPath } from './filter-chain.js';
import { rejectClientZone } from './oauth/bearer.js';
import { isBearerTokenRequest } from './oauth/token-caller.js';
import type { Realm } from './realm.js';

/** Whether clients authenticate by their secret for a request, before its zone is checked. */
export function authenticatesClients(request: SandboxRequest): boolean {
  const isTokenEndpoint = request.path === '/oauth/token' && !isBearerTokenRequest(request);
  return isTokenEndpoint || isClientPath(request.path);
}

/**
 * Checks the credentials of a client, and rejects its zone. The token endpoint does this itself.
 *
 * @throws ErrorResponse 401, 403 or 404.
 */
export function checkClientZone(request: SandboxRequest, realm: Realm): void {
  if (!isClientPath(request.path)) return;
  checkClient(request, request.path, realm);
  rejectClientZone(request, false);
}

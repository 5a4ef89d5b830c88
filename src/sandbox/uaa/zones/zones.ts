import { ErrorResponse, type SandboxRequest } from '../../router.js';
import { checkClient } from '../http/filter-chain.js';
import { authenticateCaller, checkAudience, findRequestedZone } from '../oauth/bearer.js';
import { authenticateTokenCaller, isBearerTokenRequest } from '../oauth/token-caller.js';
import { isTokenPath } from '../oauth/token-endpoint.js';
import { containerError, errorPageResponse } from '../http/servlet-container.js';
import { findChain } from '../http/security-chains.js';
import type { Realm } from '../realm.js';
import type { Zone } from '../store/zones.js';

/**
 * Rejects requests for an unknown host. The real server derives the zone from the host name.
 *
 * @throws ErrorResponse 404 without a description.
 */
export function checkHost(request: SandboxRequest, { settings }: Realm): void {
  const name = request.headers['host']?.toLowerCase().replace(/:\d*$/, '');
  if (
    name === undefined ||
    settings.hostNames.includes(name) ||
    /^\/healthz(\/|$)/.test(request.path)
  )
    return;
  throw new ErrorResponse({ ...errorPageResponse(request, 404), rendering: 'escaped' });
}

/**
 * Finds the identity zone that the headers of a request select.
 *
 * @returns undefined for the zone `uaa`.
 * @throws ErrorResponse 404 if the zone is unknown, or 403 if the caller may not use it, both
 *   without a description; 401 if the token is invalid.
 */
export async function selectZone(request: SandboxRequest, realm: Realm): Promise<Zone | undefined> {
  const { path } = request;
  const zone = findRequestedZone(request, realm.state);
  if (zone === undefined || /^\/healthz(\/|$)/.test(path)) return undefined;
  const { scope, isOAuth2 } = await authenticateForZone(request, realm);
  if (zone === null) throw containerError(request, 404);
  if (scope.length === 0) throw containerError(request, isOAuth2 ? 500 : 403);
  return zone.id === 'uaa' ? undefined : zone;
}

interface ZoneCaller {
  /** The scopes of the bearer token; empty for other credentials. */
  readonly scope: readonly string[];
  /** Whether the real server fails because it cannot convert this kind of authentication. */
  readonly isOAuth2: boolean;
}

/** Authenticates the request like the filters that run before the zone is selected. */
async function authenticateForZone(request: SandboxRequest, realm: Realm): Promise<ZoneCaller> {
  const { path } = request;
  const { behaviour } = realm.settings;
  const chain = findChain(path, behaviour);
  if (chain && /^bearer\s/i.test(request.headers['authorization'] ?? '')) {
    const caller = await authenticateCaller(request, realm);
    if (chain.resource !== undefined) checkAudience(caller, chain.resource);
    return { scope: caller.scope, isOAuth2: false };
  }
  if (!chain && (path === '/oauth/token' || isTokenPath(path))) {
    if (isBearerTokenRequest(request)) {
      return { scope: (await authenticateCaller(request, realm)).scope, isOAuth2: false };
    }
    const { scheme, authentication } = await authenticateTokenCaller(request, realm);
    return { scope: [], isOAuth2: scheme === 'form' || authentication !== undefined };
  }
  checkClient(request, path, realm);
  return { scope: [], isOAuth2: false };
}

import type { SandboxRequest } from '../router.js';
import { bearerCaller } from './oauth/bearer.js';
import { containerError } from './container-error.js';
import type { Realm } from './realm.js';
import { wantedZone, zoneAdministrators } from './zone-header.js';

/**
 * Refuses a request that wants to act in an identity zone that is not there: this server has the
 * zone `uaa` alone, whose subdomain is empty.
 *
 * @throws ErrorResponse 404 for an unknown zone, 403 for one that the caller has no rights in, both
 *   without a word; 401 for a token that is not good.
 */
export async function checkZone(request: SandboxRequest, realm: Realm): Promise<void> {
  const zone = wantedZone(request);
  if (zone === undefined) return;
  const isSigned = /^bearer\s/i.test(request.headers['authorization'] ?? '');
  const scope = isSigned ? (await bearerCaller(request, realm)).scope : [];
  if (zone !== 'uaa') throw containerError(request, 404);
  if (!zoneAdministrators.some((name) => scope.includes(name))) throw containerError(request, 403);
}

import { accessDeniedError } from '../errors.js';
import type { SandboxRequest } from '../../router.js';
import { authenticateCaller, authorizeCaller } from '../oauth/bearer.js';
import type { CheckedToken } from '../oauth/token-check.js';
import type { Realm } from '../realm.js';

/**
 * Identifies the caller of a route under `/oauth/clients`, and requires the scope for its path and
 * method.
 *
 * @throws ErrorResponse 401 for a missing or invalid token, or 403 for a missing scope or a method
 *   that no caller may use.
 * @see UAA 4.30.0 `client-admin-endpoints.xml`
 */
export async function clientCaller(request: SandboxRequest, realm: Realm): Promise<CheckedToken> {
  const { path, method } = request;
  if (isSecretPath(path)) return authorizeCaller(request, realm, secretScopes);
  if (isBatchPath(path)) return authorizeCaller(request, realm, ['clients.admin']);
  if (method === 'GET' && /\/meta$/.test(path)) return authenticateCaller(request, realm);
  const scope = scopesByMethod[method];
  if (scope !== undefined) return authorizeCaller(request, realm, [scope, 'clients.admin']);
  await authenticateCaller(request, realm);
  throw accessDeniedError();
}

const secretScopes = ['clients.secret', 'clients.admin'];
const scopesByMethod: Readonly<Record<string, string>> = {
  GET: 'clients.read',
  POST: 'clients.write',
  PUT: 'clients.write',
  DELETE: 'clients.write',
};

/** Includes `/oauth/clients/tx/secret`. */
function isSecretPath(path: string): boolean {
  return /^\/oauth\/clients\/[^/]+\/secret$/.test(path);
}

function isBatchPath(path: string): boolean {
  return /^\/oauth\/clients\/tx(\/|$)/.test(path);
}

import { empty, type SandboxRequest, type SandboxResponse } from '../../router.js';
import {
  authenticateCaller,
  checkAudience,
  hasToken,
  insufficientScopeError,
  noAuthenticationError,
} from '../oauth/bearer.js';
import { authenticateClient, clientAuthError } from '../oauth/client-auth.js';
import { accessDeniedError } from '../oauth/error.js';
import { checkRevocation } from '../oauth/revocation.js';
import { findMappedMethods } from './request-mappings.js';
import { findAccess, findChain } from './security-chains.js';
import { containerError } from './servlet-container.js';
import type { Realm } from '../realm.js';

/**
 * Checks the bearer token of a request to a protected path, before the method and the body are
 * checked. Routes with more specific rules enforce them themselves.
 *
 * @param path - the decoded path, including a trailing slash.
 * @throws ErrorResponse 401 for a missing or invalid token, or 403 for a missing scope or for a
 *   method that is always denied.
 */
export async function checkToken(
  request: SandboxRequest,
  path: string,
  realm: Realm,
): Promise<void> {
  if (isLoginServerRequest(request, path)) {
    checkAudience(await authenticateCaller(request, realm), 'oauth');
    return;
  }
  const chain = findChain(path, realm.settings.behaviour);
  if (!chain) return;
  const access = findAccess(chain, path, request.method);
  if (!hasToken(request)) {
    if (access === undefined) return;
    if (chain.isNeverAnonymous) throw noAuthenticationError();
  }
  const caller = await authenticateCaller(request, realm);
  if (chain.resource !== undefined) checkAudience(caller, chain.resource);
  if (path.startsWith('/oauth/token/revoke/user/')) {
    checkRevocation(caller, path, realm.settings.behaviour);
  }
  if (access === undefined || access === 'token' || access === 'route') return;
  if (access.startsWith('self ') && caller.user?.id === path.split('/')[2]) return;
  const scopes = access.split(' ').filter((scope) => scope !== 'self');
  if (scopes.some((scope) => caller.scope.includes(scope))) return;
  if (chain.hasErrorPage) throw containerError(request, 403);
  throw access === 'denied' ? accessDeniedError() : insufficientScopeError(scopes);
}

/** Whether the request asks to check a user's password, and contains a token of an application. */
function isLoginServerRequest({ headers }: SandboxRequest, path: string): boolean {
  const isBearer = /^bearer /i.test(headers['authorization'] ?? '');
  return path === '/authenticate' && isBearer && /json/.test(headers['accept'] ?? '');
}

/**
 * Responds to OPTIONS with the methods of a path.
 *
 * @param path - without a trailing slash.
 * @returns undefined if the path is unknown.
 * @throws ErrorResponse if {@link checkClient} rejects the request.
 */
export function respondToOptions(
  request: SandboxRequest,
  path: string,
  realm: Realm,
): SandboxResponse | undefined {
  const methods = findMappedMethods(path, realm.settings.behaviour);
  // The token endpoint responds itself, because its clients can authenticate in more ways.
  if (!methods || path === '/oauth/token') return undefined;
  checkClient(request, path, realm);
  return empty(200, { allow: listAllowedMethods(methods) });
}

/**
 * Formats the header `Allow` of the response to OPTIONS. Spring MVC adds HEAD to GET.
 *
 * @param methods - `*` is any method.
 */
export function listAllowedMethods(methods: readonly string[]): string {
  const allowed = methods.includes('*')
    ? ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
    : methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return allowed.join(',');
}

/**
 * Checks the credentials of a client for paths that require or accept them.
 *
 * @throws ErrorResponse 401 or 403.
 */
export function checkClient(request: SandboxRequest, path: string, realm: Realm): void {
  if (!isClientPath(path)) return;
  const client = authenticateClient(request, realm, { form: false });
  if (path.startsWith('/token_key')) return;
  if (!client) throw clientAuthError();
  const needsAuthority = path === '/check_token' || path === '/introspect';
  if (needsAuthority && !client.authorities.includes('uaa.resource')) throw accessDeniedError();
}

/** Whether clients authenticate for the path with a Basic header. */
function isClientPath(path: string): boolean {
  return /^\/(check_token|introspect|clientinfo|token_key[^/]*)$/.test(path);
}

import type { SandboxRequest } from '../router.js';
import { accessDeniedError, statusError } from './errors.js';
import {
  authenticateCaller,
  checkAudience,
  hasToken,
  insufficientScopeError,
} from './oauth/bearer.js';
import {
  authenticateClient,
  authenticateTokenClient,
  clientAuthError,
} from './oauth/client-auth.js';
import type { Realm, Zone } from './realm.js';
import { defaultZone, findRequestedZone } from './zones.js';

/**
 * Which callers may send a request:
 *
 * - the methods, separated by spaces; `*` stands for all methods.
 * - the path: `*` matches one segment, and a final `**` any number of segments.
 * - the scopes, separated by spaces and in the order of the error. One is sufficient. `self` stands
 *   for the user in the path. `token` requires any token, because the route itself checks who may
 *   use it; with `denied`, no token is sufficient.
 */
type Rule = readonly [methods: string, path: string, access: string];

const readGroups = 'uaa.admin scim.read zones.uaa.admin';
const writeScim = 'uaa.admin scim.write zones.uaa.admin';
const updateGroups = 'uaa.admin scim.write groups.update zones.uaa.admin';
const createUsers = 'uaa.admin scim.write scim.create zones.uaa.admin';
const setStatus = 'uaa.admin scim.write uaa.account_status.write zones.uaa.admin';
const readZones = 'uaa.admin zones.read zones.uaa.admin zones.write';
const readZone = 'uaa.admin zones.read zones.uaa.admin zones.uaa.read zones.write';
const readClients = 'uaa.admin clients.read clients.admin zones.uaa.admin';
const writeClients = 'uaa.admin clients.write clients.admin zones.uaa.admin';
const changeSecrets = 'uaa.admin clients.secret clients.admin zones.uaa.admin';
const changeKeys = 'uaa.admin clients.trust clients.admin zones.uaa.admin';

/**
 * The security rules of the UAA. The first rule that matches applies.
 *
 * @see UAA 77 `oauth-endpoints.xml`, `scim-endpoints.xml`, `multitenant-endpoints.xml`,
 *   `client-admin-endpoints.xml`
 */
const rules: readonly Rule[] = [
  ['*', '/oauth/token/revoke/client/**', 'uaa.admin tokens.revoke'],
  ['*', '/oauth/token/revoke/user/**', 'token'],
  ['DELETE', '/oauth/token/revoke/**', 'token'],
  ['*', '/oauth/token/revoke/**', 'denied'],
  ['GET', '/oauth/token/list/user/**', 'uaa.admin tokens.list'],
  ['GET', '/oauth/token/list/client/**', 'uaa.admin tokens.list'],
  ['*', '/oauth/token/list/**', 'denied'],
  ['*', '/userinfo', 'openid'],

  ['GET', '/Groups/**', readGroups],
  ['POST', '/Groups/External', writeScim],
  ['DELETE', '/Groups/**', writeScim],
  ['PUT POST PATCH', '/Groups/**', updateGroups],
  ['*', '/Groups/**', 'denied'],
  ['*', '/Users/*/password', 'password.write'],
  ['PATCH', '/Users/*/status', setStatus],
  ['GET', '/Users/*/verify', createUsers],
  ['GET', '/Users/**', `self ${readGroups}`],
  ['DELETE', '/Users/*', writeScim],
  ['PUT PATCH', '/Users/*', `self ${writeScim}`],
  ['POST', '/Users', createUsers],
  ['*', '/Users/**', 'denied'],
  ['*', '/ids/Users', 'scim.userids'],

  ['GET', '/identity-zones', readZones],
  ['GET', '/identity-zones/*', readZone],
  ['*', '/identity-zones/**', 'denied'],
  ['GET', '/identity-providers/**', 'uaa.admin idps.read zones.uaa.admin'],
  ['POST PUT PATCH DELETE', '/identity-providers/**', 'uaa.admin idps.write zones.uaa.admin'],
  ['*', '/identity-providers/**', 'denied'],

  ['*', '/oauth/clients/tx/*', 'uaa.admin clients.admin zones.uaa.admin'],
  ['*', '/oauth/clients/*/secret', changeSecrets],
  ['PUT', '/oauth/clients/*/clientjwt', changeKeys],
  ['GET', '/oauth/clients/*/meta', 'token'],
  ['DELETE POST PUT', '/oauth/clients/**', writeClients],
  ['GET', '/oauth/clients/**', readClients],
  ['*', '/oauth/clients/**', 'denied'],
];

/** Resources that the audience of the token must contain, by path. */
const audiences = [
  [/^\/userinfo$/, 'openid'],
  [/^\/Users\/[^/]+\/password$/, 'password'],
] as const;

/**
 * Checks the credentials of a request before its route runs.
 *
 * @param path - the decoded path.
 * @returns the zone that the request selects.
 * @throws ErrorResponse 401 for a missing or invalid token or client, 403 for a missing scope, or 404
 *   for an unknown zone.
 */
export async function checkAccess(
  request: SandboxRequest,
  path: string,
  realm: Realm,
): Promise<Zone> {
  checkClient(request, path, realm);
  const zone = await selectZone(request, realm);
  const [, , access = ''] = findRule(request.method, path) ?? [];
  if (access === '') return zone;
  const caller = await authenticateCaller(request, realm);
  const [, resource] = audiences.find(([pattern]) => pattern.test(path)) ?? [];
  if (resource !== undefined) checkAudience(caller, resource);
  if (access === 'token') return zone;
  const scopes = access.split(' ').filter((scope) => scope !== 'self');
  if (scopes.some((scope) => caller.scope.includes(scope))) return zone;
  const isSelf = caller.user !== undefined && caller.user.id === path.split('/')[2];
  if (access.startsWith('self ') && isSelf) return zone;
  if (path.startsWith('/identity-providers')) throw statusError(request, 403);
  throw access === 'denied' ? accessDeniedError() : insufficientScopeError(scopes);
}

/** Finds the rule for a request; undefined if the request needs no token. */
function findRule(method: string, path: string): Rule | undefined {
  return rules.find(
    ([methods, pattern]) =>
      (methods === '*' || methods.split(' ').includes(method)) && matches(pattern, path),
  );
}

function matches(pattern: string, path: string): boolean {
  const expected = pattern.split('/');
  const actual = path.split('/');
  const isOpen = expected.at(-1) === '**';
  if (isOpen) expected.pop();
  if (isOpen ? actual.length < expected.length : actual.length !== expected.length) return false;
  return expected.every((segment, index) => segment === '*' || segment === actual[index]);
}

/** Checks the client of a request to a path that requires or accepts Basic credentials. */
function checkClient(request: SandboxRequest, path: string, realm: Realm): void {
  if (!/^\/(check_token|introspect|token_keys?)$/.test(path)) return;
  const client = authenticateClient(request, realm);
  if (path.startsWith('/token_key')) return;
  if (!client) throw clientAuthError();
  if (!client.authorities.includes('uaa.resource')) throw accessDeniedError();
}

/**
 * Finds the zone that the headers of a request select. Only a bearer token can select a zone.
 *
 * @throws ErrorResponse 404 if the zone is unknown, or 403 if the caller may not use it, both
 *   without a description; 401 if the credentials are invalid.
 */
async function selectZone(request: SandboxRequest, realm: Realm): Promise<Zone> {
  const zone = findRequestedZone(request);
  if (zone === undefined) return defaultZone;
  if (request.path === '/oauth/token') authenticateTokenClient(request, realm);
  const scopes = hasToken(request) ? (await authenticateCaller(request, realm)).scope : [];
  if (zone === 'unknown') throw statusError(request, 404);
  if (scopes.length === 0) throw statusError(request, 403);
  return zone;
}

import type { SandboxRequest } from '../router.js';
import { accessDeniedError, clientAuthError, statusError } from './errors.js';
import { authenticateClient, authenticateTokenClient } from './oauth/client-auth.js';
import {
  authenticateCaller,
  checkAudience,
  hasToken,
  insufficientScopeError,
} from './oauth/token-check.js';
import type { Realm, Zone } from './realm.js';
import { defaultZone, findRequestedZone } from './zones.js';

/** Which callers may send a request. */
interface Rule {
  readonly methods: '*' | readonly string[];
  /** `*` matches one segment, and a final `**` any number of segments. */
  readonly path: string;
  /**
   * The caller needs one of these scopes. An error lists them in this order. `anyToken`: the route
   * itself checks the caller.
   */
  readonly allowed: 'anyToken' | 'denied' | readonly string[];
  /** Whether users need no scope for their own account. */
  readonly allowsSelf?: true;
}

const readScimScopes = ['uaa.admin', 'scim.read', 'zones.uaa.admin'];
const writeScimScopes = ['uaa.admin', 'scim.write', 'zones.uaa.admin'];
const updateGroupScopes = ['uaa.admin', 'scim.write', 'groups.update', 'zones.uaa.admin'];
const createUserScopes = ['uaa.admin', 'scim.write', 'scim.create', 'zones.uaa.admin'];
const setStatusScopes = ['uaa.admin', 'scim.write', 'uaa.account_status.write', 'zones.uaa.admin'];
const listZoneScopes = ['uaa.admin', 'zones.read', 'zones.uaa.admin', 'zones.write'];
const readZoneScopes = [
  'uaa.admin',
  'zones.read',
  'zones.uaa.admin',
  'zones.uaa.read',
  'zones.write',
];
const readClientScopes = ['uaa.admin', 'clients.read', 'clients.admin', 'zones.uaa.admin'];
const writeClientScopes = ['uaa.admin', 'clients.write', 'clients.admin', 'zones.uaa.admin'];
const changeSecretScopes = ['uaa.admin', 'clients.secret', 'clients.admin', 'zones.uaa.admin'];
const changeKeyScopes = ['uaa.admin', 'clients.trust', 'clients.admin', 'zones.uaa.admin'];

/**
 * The security rules of the UAA. The first rule that matches applies.
 * @see UAA 77 `oauth-endpoints.xml`, `scim-endpoints.xml`, `multitenant-endpoints.xml`,
 *   `client-admin-endpoints.xml`
 */
const rules: readonly Rule[] = [
  { methods: '*', path: '/oauth/token/revoke/client/**', allowed: ['uaa.admin', 'tokens.revoke'] },
  { methods: '*', path: '/oauth/token/revoke/user/**', allowed: 'anyToken' },
  { methods: ['DELETE'], path: '/oauth/token/revoke/**', allowed: 'anyToken' },
  { methods: '*', path: '/oauth/token/revoke/**', allowed: 'denied' },
  { methods: ['GET'], path: '/oauth/token/list/user/**', allowed: ['uaa.admin', 'tokens.list'] },
  { methods: ['GET'], path: '/oauth/token/list/client/**', allowed: ['uaa.admin', 'tokens.list'] },
  { methods: '*', path: '/oauth/token/list/**', allowed: 'denied' },
  { methods: '*', path: '/userinfo', allowed: ['openid'] },

  { methods: ['GET'], path: '/Groups/**', allowed: readScimScopes },
  { methods: ['POST'], path: '/Groups/External', allowed: writeScimScopes },
  { methods: ['DELETE'], path: '/Groups/**', allowed: writeScimScopes },
  { methods: ['PUT', 'POST', 'PATCH'], path: '/Groups/**', allowed: updateGroupScopes },
  { methods: '*', path: '/Groups/**', allowed: 'denied' },
  { methods: '*', path: '/Users/*/password', allowed: ['password.write'] },
  { methods: ['PATCH'], path: '/Users/*/status', allowed: setStatusScopes },
  { methods: ['GET'], path: '/Users/*/verify', allowed: createUserScopes },
  { methods: ['GET'], path: '/Users/**', allowed: readScimScopes, allowsSelf: true },
  { methods: ['DELETE'], path: '/Users/*', allowed: writeScimScopes },
  { methods: ['PUT', 'PATCH'], path: '/Users/*', allowed: writeScimScopes, allowsSelf: true },
  { methods: ['POST'], path: '/Users', allowed: createUserScopes },
  { methods: '*', path: '/Users/**', allowed: 'denied' },
  { methods: '*', path: '/ids/Users', allowed: ['scim.userids'] },

  { methods: ['GET'], path: '/identity-zones', allowed: listZoneScopes },
  { methods: ['GET'], path: '/identity-zones/*', allowed: readZoneScopes },
  { methods: '*', path: '/identity-zones/**', allowed: 'denied' },
  {
    methods: ['GET'],
    path: '/identity-providers/**',
    allowed: ['uaa.admin', 'idps.read', 'zones.uaa.admin'],
  },
  {
    methods: ['POST', 'PUT', 'PATCH', 'DELETE'],
    path: '/identity-providers/**',
    allowed: ['uaa.admin', 'idps.write', 'zones.uaa.admin'],
  },
  { methods: '*', path: '/identity-providers/**', allowed: 'denied' },

  {
    methods: '*',
    path: '/oauth/clients/tx/*',
    allowed: ['uaa.admin', 'clients.admin', 'zones.uaa.admin'],
  },
  { methods: '*', path: '/oauth/clients/*/secret', allowed: changeSecretScopes },
  { methods: ['PUT'], path: '/oauth/clients/*/clientjwt', allowed: changeKeyScopes },
  { methods: ['GET'], path: '/oauth/clients/meta', allowed: 'anyToken' },
  { methods: ['GET'], path: '/oauth/clients/*/meta', allowed: 'anyToken' },
  { methods: ['DELETE', 'POST', 'PUT'], path: '/oauth/clients/**', allowed: writeClientScopes },
  { methods: ['GET'], path: '/oauth/clients/**', allowed: readClientScopes },
  { methods: '*', path: '/oauth/clients/**', allowed: 'denied' },
];

/** Resources that the audience of the token must contain, by path. */
const audiences = [
  { path: '/userinfo', resource: 'openid' },
  { path: '/Users/*/password', resource: 'password' },
];

/**
 * Checks the credentials of a request before its route runs.
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
  const rule = findRule(request.method, path);
  if (!rule) return zone;
  const { allowed, allowsSelf = false } = rule;
  const caller = await authenticateCaller(request, realm);
  const audience = audiences.find((each) => matchesPath(each.path, path));
  if (audience) checkAudience(caller, audience.resource);
  if (allowed === 'anyToken') return zone;
  const scopes = allowed === 'denied' ? [] : allowed;
  if (scopes.some((scope) => caller.scope.includes(scope))) return zone;
  const isSelf = caller.user !== undefined && caller.user.id === path.split('/')[2];
  if (allowsSelf && isSelf) return zone;
  if (path.startsWith('/identity-providers')) throw statusError(request, 403);
  throw allowed === 'denied' ? accessDeniedError() : insufficientScopeError(scopes);
}

/** Finds the rule for a request; undefined if the request needs no token. */
function findRule(method: string, path: string): Rule | undefined {
  return rules.find(
    (rule) =>
      (rule.methods === '*' || rule.methods.includes(method)) && matchesPath(rule.path, path),
  );
}

function matchesPath(pattern: string, path: string): boolean {
  const expected = pattern.split('/');
  const actual = path.split('/');
  const hasOpenEnd = expected.at(-1) === '**';
  if (hasOpenEnd) expected.pop();
  if (hasOpenEnd ? actual.length < expected.length : actual.length !== expected.length)
    return false;
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
 * @throws ErrorResponse 404 if the zone is unknown, or 403 if the caller may not use it, both
 *   without a description; 401 if the credentials are invalid.
 */
async function selectZone(request: SandboxRequest, realm: Realm): Promise<Zone> {
  const zone = findRequestedZone(request);
  if (zone === undefined) return defaultZone;
  if (request.path === '/oauth/token') await authenticateTokenClient(request, realm);
  const scopes = hasToken(request) ? (await authenticateCaller(request, realm)).scope : [];
  if (zone === 'unknown') throw statusError(request, 404);
  if (scopes.length === 0) throw statusError(request, 403);
  return zone;
}

import {
  badRequestError,
  methodNotAllowedError,
  oauthError,
  unauthorizedError,
} from '../errors.js';
import { readParameters } from '../requests.js';
import {
  empty,
  json,
  route,
  type Handler,
  type Route,
  type SandboxResponse,
} from '../../router.js';
import { jwtBearerGrant, samlBearerGrant } from './assertion-grant.js';
import { grantByCode } from './code-grant.js';
import { checkGrantType } from './grant-type.js';
import type { Realm } from '../realm.js';
import { grantByRefreshToken } from './refresh-grant.js';
import { intersectScopes, parseScope } from './scopes.js';
import type { Client } from '../store/clients.js';
import { authenticateTokenCaller, type TokenCaller } from './token-caller.js';
import {
  createTokenResponse,
  createUserTokenResponse,
  readGrantOptions,
  type TokenResponse,
} from './token-response.js';
import { grantToOtherClient, userTokenGrant } from './user-token-grant.js';

/** Creates the route `/oauth/token`. */
export function tokenRoutes(realm: Realm): readonly Route[] {
  const handler = createTokenHandler(realm);
  const revocation = '/oauth/token/revoke';
  return [
    route('*', '/oauth/token', handler),
    // For HEAD, the real server prefers the token endpoint, which is a route for GET, to the revocation
    // routes for all methods.
    route('HEAD', `${revocation}/user/:user`, handler),
    route('HEAD', `${revocation}/client/:client`, handler),
    route('HEAD', `${revocation}/user/:user/client/:client`, handler),
  ];
}

/**
 * Whether the token endpoint handles a path that belongs to no other route. The real server accepts
 * any path below `/oauth/token`.
 */
export function isTokenPath(path: string): boolean {
  return /^\/oauth\/token\/(?!\.well-known\/openid-configuration$)/.test(path);
}

/** Creates the handler of the token endpoint. Like the real server, it accepts GET as well as POST. */
export function createTokenHandler(realm: Realm): Handler {
  return async (request): Promise<SandboxResponse> => {
    const caller = await authenticateTokenCaller(request, realm);
    const { method } = request;
    if (method === 'OPTIONS') return empty(200, { allow: 'GET,HEAD,POST' });
    if (!['GET', 'HEAD', 'POST'].includes(method)) throw methodNotAllowedError(request);
    const body = await issueToken({ ...caller, realm, fields: readParameters(request) });
    return json(200, body, { 'cache-control': 'no-store', pragma: 'no-cache' });
  };
}

/** A request to the token endpoint after authentication. */
interface TokenRequest extends TokenCaller {
  readonly realm: Realm;
  readonly fields: URLSearchParams;
}

async function issueToken(request: TokenRequest): Promise<TokenResponse> {
  const { client, fields, realm } = request;
  const grantType = fields.get('grant_type') ?? '';
  const isUserToken = grantType === userTokenGrant;
  const clientId = fields.get('client_id');
  if (clientId !== null && !isUserToken && clientId !== client.id) {
    throw unauthorizedError(
      'invalid_client',
      'Given client ID does not match authenticated client',
    );
  }
  const target = isUserToken ? realm.state.clients.get(clientId ?? '') : client;
  if (!target) throw unauthorizedError('invalid_client', 'Bad client credentials');
  const scope = resolveScopes(request, target, grantType);
  if (grantType.trim() === '') throw badRequestError('invalid_request', 'Missing grant type');
  if (grantType === 'implicit') throw badRequestError('invalid_grant', implicitNotSupported);
  const grant = grants.get(grantType);
  if (!grant) {
    throw badRequestError('unsupported_grant_type', `Unsupported grant type: ${grantType}`);
  }
  // The grant for user tokens checks the grant types of both clients itself.
  if (!isUserToken) checkGrantType(client, grantType);
  return grant({ ...request, scope, grantType }, target);
}

const implicitNotSupported = 'Implicit grant type not supported from token endpoint';

interface GrantRequest extends TokenRequest {
  readonly grantType: string;
  readonly scope: readonly string[];
}

type GrantHandler = (request: GrantRequest, target: Client) => Promise<TokenResponse>;

const grants: ReadonlyMap<string, GrantHandler> = new Map<string, GrantHandler>([
  ['authorization_code', grantByCode],
  ['client_credentials', grantToClient],
  ['password', grantByPassword],
  ['refresh_token', grantByRefreshToken],
  [userTokenGrant, grantToOtherClient],
  [jwtBearerGrant, grantByAssertion],
  [samlBearerGrant, grantByAssertion],
]);

function grantToClient(request: GrantRequest): Promise<TokenResponse> {
  return createTokenResponse(request.realm, createGrant(request));
}

async function grantByPassword(request: GrantRequest): Promise<TokenResponse> {
  const { realm, fields, authentication } = request;
  // The user is missing only if the request has a bearer token of a client.
  if (!authentication) {
    const userName = fields.get('username') ?? 'null';
    throw badRequestError('invalid_grant', `Could not authenticate user: ${userName}`);
  }
  return createUserTokenResponse(realm, { ...authentication, ...createGrant(request) });
}

async function grantByAssertion(request: GrantRequest): Promise<TokenResponse> {
  const { realm, authentication } = request;
  if (!authentication) throw badRequestError('invalid_grant', 'User authentication not found');
  const { user } = authentication;
  return createUserTokenResponse(realm, { user, ...createGrant(request) });
}

function createGrant({ client, fields, scope, grantType, clientAuthMethod }: GrantRequest) {
  return { client, scope, grantType, clientAuthMethod, ...readGrantOptions(fields) };
}

/**
 * Determines the scopes of the token: the requested ones, or all of the client.
 *
 * @throws ErrorResponse 400 `invalid_scope` if the client does not have a requested scope.
 * @see UAA 4.30.0 `UaaAuthorizationRequestManager`, `UaaOauth2RequestValidator`
 */
function resolveScopes(
  { realm, fields, authentication }: TokenRequest,
  client: Client,
  grantType: string,
): readonly string[] {
  const requested = parseScope(fields.get('scope'));
  if (grantType !== 'client_credentials') {
    const groups = authentication && realm.state.groups.findUserScopes(authentication.user.id);
    return groups ? intersectScopes(client, groups, requested) : [];
  }
  const disallowedScope = requested.find((scope) => !client.authorities.includes(scope));
  if (disallowedScope === undefined) return requested.length > 0 ? requested : client.authorities;
  throw oauthError(400, 'invalid_scope', `Invalid scope: ${disallowedScope}`, {
    extra: { scope: client.authorities.join(' ') },
  });
}

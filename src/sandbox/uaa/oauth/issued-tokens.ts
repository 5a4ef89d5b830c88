import type { JsonObject } from '../../json.js';
import {
  empty,
  json,
  route,
  type ErrorResponse,
  type Route,
  type SandboxResponse,
} from '../../router.js';
import { badRequestError, methodNotAllowedError, oauthError, statusError } from '../errors.js';
import type { Realm } from '../realm.js';
import { readParameters } from '../requests.js';
import type { User } from '../store/identities.js';
import type { TokenOwner } from '../store/tokens.js';
import {
  authenticateCaller,
  checkToken,
  describeUnapprovedScopes,
  insufficientScopeError,
  InvalidTokenError,
  type CheckedToken,
} from './token-check.js';

/** Creates the routes that describe, list and revoke the tokens that the UAA has issued. */
export function createIssuedTokenRoutes(realm: Realm): readonly Route[] {
  return [...createCheckRoutes(realm), ...createRevocationRoutes(realm)];
}

/**
 * Creates the routes that describe tokens. Resource servers, such as the PKS API, use `/check_token` or
 * `/introspect`. For an invalid token, `/check_token` responds with status 400, and `/introspect` with
 * `active: false`. `/userinfo` describes the user of the caller's own token.
 * @see RFC 7662; OpenID Connect Core 1.0, section 5.3
 */
function createCheckRoutes(realm: Realm): readonly Route[] {
  return [
    route('*', '/check_token', async (request) => {
      const fields = readParameters(request);
      const value = fields.get('token');
      if (!value) throw badRequestError('invalid_token', 'Token parameter must be set');
      const token = await checkActiveToken(value, realm).catch((error: unknown) => {
        throw error instanceof InvalidTokenError
          ? badRequestError('invalid_token', error.message)
          : error;
      });
      const required = fields.get('scopes')?.split(/,\s*/) ?? [];
      const missing = required.filter((scope) => scope !== '' && !token.scope.includes(scope));
      if (missing.length > 0) {
        const names = missing.join(',');
        throw badRequestError('invalid_scope', `Some requested scopes are missing: ${names}`);
      }
      return json(200, formatClaims(token));
    }),
    route('*', '/introspect', async (request) => {
      if (request.method !== 'POST') throw methodNotAllowedError(request);
      const value = readParameters(request).get('token');
      if (value === null) throw statusError(request, 400);
      const token = await checkActiveToken(value, realm).catch((error: unknown) => {
        if (error instanceof InvalidTokenError) return undefined;
        throw error;
      });
      return token
        ? json(200, { ...formatClaims(token), active: true })
        : json(200, { revocable: false, active: false });
    }),
    route('*', '/userinfo', async (request) => {
      const { user, scope } = await authenticateCaller(request, realm);
      return json(200, user ? formatUserinfo(user, scope) : {});
    }),
  ];
}

/** Only `/check_token` and `/introspect` check that the user has approved the scopes. */
async function checkActiveToken(value: string, realm: Realm): Promise<CheckedToken> {
  const token = await checkToken(value, 'access', realm);
  const unapproved = describeUnapprovedScopes(token, token.scope, realm.state);
  if (unapproved !== undefined) throw new InvalidTokenError(unapproved);
  if (token.expiresAt < realm.state.now()) throw new InvalidTokenError('Token has expired');
  return token;
}

function formatClaims({ claims }: CheckedToken): JsonObject {
  return { ...claims, revocable: claims.revocable === true };
}

function formatUserinfo(user: User, scope: readonly string[]): JsonObject {
  const { id, givenName, familyName } = user;
  return {
    user_id: id,
    user_name: user.userName,
    name: [givenName, familyName].filter((name) => name !== undefined).join(' '),
    given_name: givenName,
    family_name: familyName,
    phone_number: user.phoneNumber,
    email: user.email,
    email_verified: user.verified,
    previous_logon_time: user.previousLogonAt ?? null,
    sub: id,
    roles: scope.includes('roles') ? user.externalGroups : undefined,
  };
}

/**
 * Creates the routes below `/oauth/token/revoke` and `/oauth/token/list`. The access
 * rules have already checked the token and, except for users and single tokens, its scopes.
 */
function createRevocationRoutes(realm: Realm): readonly Route[] {
  const { users, clients, tokens } = realm.state;
  const base = '/oauth/token/revoke';
  return [
    // Changes the user's salt, which invalidates all of the user's tokens, including JWTs.
    route('*', `${base}/user/:user`, async (request, { user = '' }) => {
      checkCanRevokeUser(await authenticateCaller(request, realm), user, realm);
      if (!users.get(user)) throw notFoundError();
      users.changeSalt(user);
      return empty(200);
    }),
    route('*', `${base}/client/:client`, (_, { client = '' }) => {
      if (!clients.get(client)) throw notFoundError();
      clients.changeSalt(client);
      tokens.deleteByOwner({ clientId: client });
      return empty(200);
    }),
    route('*', `${base}/user/:user/client/:client`, async (request, params) => {
      const { user: userId = '', client: clientId = '' } = params;
      const caller = await authenticateCaller(request, realm);
      const isOwn = caller.user?.id === userId && caller.client.id === clientId;
      if (!isOwn) checkCanRevoke(caller);
      tokens.deleteByOwner({ userId, clientId });
      return empty(200);
    }),
    route('DELETE', `${base}/:token`, async (request, { token = '' }) => {
      const caller = await authenticateCaller(request, realm);
      const stored = tokens.get(token);
      const isOwn =
        stored?.clientId === caller.client.id ||
        (stored?.userId !== undefined && stored.userId === caller.user?.id);
      if (!isOwn) checkCanRevoke(caller);
      if (!stored) throw notFoundError();
      tokens.delete(token);
      return empty(200);
    }),
    route('GET', '/oauth/token/list/user/:user', (_, { user = '' }) =>
      listTokens({ userId: user }, realm),
    ),
    route('GET', '/oauth/token/list/client/:client', (_, { client = '' }) =>
      listTokens({ clientId: client }, realm),
    ),
  ];
}

/** @throws ErrorResponse 403. */
function checkCanRevoke({ scope }: CheckedToken): void {
  const accepted = ['uaa.admin', 'tokens.revoke'];
  if (!accepted.some((name) => scope.includes(name))) throw insufficientScopeError(accepted);
}

/**
 * Checks that the caller may revoke all tokens of a user. In UAA 4.30, users can revoke their own
 * tokens only with the scope `tokens.revoke`, which is not sufficient for other users.
 * @throws ErrorResponse 403.
 */
function checkCanRevokeUser(
  caller: CheckedToken,
  userId: string,
  { settings: { behaviour } }: Realm,
): void {
  const isOwn = caller.user?.id === userId;
  if (behaviour.canUsersRevokeOwnTokens) {
    if (!isOwn) checkCanRevoke(caller);
    return;
  }
  checkCanRevoke(caller);
  if (!isOwn && !caller.scope.includes('uaa.admin')) throw insufficientScopeError(['uaa.admin']);
}

function listTokens(owner: TokenOwner, { state, zone }: Realm): SandboxResponse {
  const tokens = state.tokens.findByOwner(owner).map((token) => ({
    tokenId: token.id,
    clientId: token.clientId,
    userId: token.userId ?? null,
    format: token.format,
    responseType: token.responseType,
    issuedAt: token.issuedAt,
    expiresAt: token.expiresAt,
    scope: `[${token.scope.join(', ')}]`,
    value: null,
    zoneId: zone.id,
  }));
  return json(200, tokens);
}

function notFoundError(): ErrorResponse {
  return oauthError(404, 'invalid_token', 'Resource not found');
}

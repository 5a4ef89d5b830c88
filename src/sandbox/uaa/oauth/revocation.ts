import {
  empty,
  json,
  route,
  type ErrorResponse,
  type Route,
  type SandboxResponse,
} from '../../router.js';
import { oauthError } from '../errors.js';
import type { Realm } from '../realm.js';
import type { TokenOwner } from '../store/tokens.js';
import { authenticateCaller, insufficientScopeError } from './bearer.js';
import type { CheckedToken } from './token-check.js';

/**
 * Creates the routes below `/oauth/token/revoke` and `/oauth/token/list`. The access
 * rules have already checked the token and, except for users and single tokens, its scopes.
 */
export function revocationRoutes(realm: Realm): readonly Route[] {
  const { users, clients, tokens } = realm.state;
  const base = '/oauth/token/revoke';
  return [
    // Changes the user's salt, which invalidates all of the user's tokens, including JWTs.
    route('*', `${base}/user/:user`, async (request, { user = '' }) => {
      checkMayRevokeUser(await authenticateCaller(request, realm), user, realm);
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
      if (!isOwn) checkMayRevoke(caller);
      tokens.deleteByOwner({ userId, clientId });
      return empty(200);
    }),
    route('DELETE', `${base}/:token`, async (request, { token = '' }) => {
      const caller = await authenticateCaller(request, realm);
      const stored = tokens.get(token);
      const isOwn =
        stored?.clientId === caller.client.id ||
        (stored?.userId !== undefined && stored.userId === caller.user?.id);
      if (!isOwn) checkMayRevoke(caller);
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
function checkMayRevoke({ scope }: CheckedToken): void {
  const accepted = ['uaa.admin', 'tokens.revoke'];
  if (!accepted.some((name) => scope.includes(name))) throw insufficientScopeError(accepted);
}

/**
 * Checks that the caller may revoke all tokens of a user. In UAA 4.30, users can revoke their own
 * tokens only with the scope `tokens.revoke`, which is not sufficient for other users.
 *
 * @throws ErrorResponse 403.
 */
function checkMayRevokeUser(
  caller: CheckedToken,
  userId: string,
  { settings: { behaviour } }: Realm,
): void {
  const isOwn = caller.user?.id === userId;
  if (behaviour.canUsersRevokeOwnTokens) {
    if (!isOwn) checkMayRevoke(caller);
    return;
  }
  checkMayRevoke(caller);
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

import { oauthError } from '../errors.js';
import {
  json,
  route,
  empty,
  type ErrorResponse,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { authenticateCaller, insufficientScopeError } from './bearer.js';
import type { Behaviour } from '../behaviour.js';
import type { State } from '../store/state.js';
import type { CheckedToken } from './token-check.js';
import type { Realm } from '../realm.js';
import type { StoredToken, TokenOwner } from '../store/tokens.js';

/** Creates the routes below `/oauth/token/revoke` and `/oauth/token/list`. */
export function revocationRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const authenticate = (request: SandboxRequest): Promise<CheckedToken> =>
    authenticateCaller(request, realm);
  return [
    route('*', '/oauth/token/revoke/user/:user', async (request, { user = '' }) => {
      await authenticate(request);
      return revokeUser(state, user);
    }),
    route('*', '/oauth/token/revoke/client/:client', async (request, { client = '' }) => {
      checkScope(await authenticate(request), 'tokens.revoke');
      return revokeClient(state, client);
    }),
    route(
      '*',
      '/oauth/token/revoke/user/:user/client/:client',
      async (request, { user = '', client = '' }) => {
        await authenticate(request);
        state.tokens.deleteByOwner({ userId: user, clientId: client });
        return okResponse;
      },
    ),
    route('DELETE', '/oauth/token/revoke/:token', async (request, { token = '' }) => {
      const caller = await authenticate(request);
      const stored = state.tokens.get(token);
      if (!stored || !ownsToken(caller, stored)) checkScope(caller, 'tokens.revoke');
      if (!stored) throw notFoundError();
      state.tokens.delete(token);
      return okResponse;
    }),
    route('GET', '/oauth/token/list/user/:user', async (request, { user = '' }) => {
      checkScope(await authenticate(request), 'tokens.list');
      return listTokens(state, { userId: user });
    }),
    route('GET', '/oauth/token/list/client/:client', async (request, { client = '' }) => {
      checkScope(await authenticate(request), 'tokens.list');
      return listTokens(state, { clientId: client });
    }),
  ];
}

const okResponse: SandboxResponse = empty(200);

/**
 * Checks that the caller may revoke the tokens of the user, or of the user and client, in the path.
 * The security filters check this for all paths that start with the path of such a route.
 *
 * @throws ErrorResponse 403.
 */
export function checkRevocation(caller: CheckedToken, path: string, behaviour: Behaviour): void {
  const [, userId = '', rest = ''] = /^\/oauth\/token\/revoke\/user\/([^/]*)(.*)$/.exec(path) ?? [];
  const [, clientId] = /\/client\/([^/]*)/.exec(rest) ?? [];
  if (clientId === undefined) checkMayRevokeUser(caller, userId, behaviour);
  else if (caller.user?.id !== userId || caller.client.id !== clientId) {
    checkScope(caller, 'tokens.revoke');
  }
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
  { canUsersRevokeOwnTokens }: Pick<Behaviour, 'canUsersRevokeOwnTokens'>,
): void {
  if (caller.scope.includes('uaa.admin')) return;
  const isOwn = caller.user?.id === userId;
  const mayRevoke = caller.scope.includes('tokens.revoke');
  if (canUsersRevokeOwnTokens ? isOwn || mayRevoke : isOwn && mayRevoke) return;
  throw insufficientScopeError(mayRevoke ? ['uaa.admin'] : ['uaa.admin', 'tokens.revoke']);
}

/** Changes the user's salt, which invalidates all of the user's tokens, including JWTs. */
function revokeUser({ users }: State, id: string): SandboxResponse {
  const user = users.get(id);
  if (!user) throw notFoundError();
  users.changeSalt(id);
  return okResponse;
}

function revokeClient({ clients, tokens }: State, id: string): SandboxResponse {
  if (!clients.get(id)) throw notFoundError();
  clients.changeSalt(id);
  tokens.deleteByOwner({ clientId: id });
  return okResponse;
}

/** Whether the caller's user or client owns the token. */
function ownsToken(caller: CheckedToken, { userId, clientId }: StoredToken): boolean {
  return clientId === caller.client.id || (userId !== undefined && userId === caller.user?.id);
}

function checkScope({ scope }: CheckedToken, requiredScope: string): void {
  const acceptedScopes = ['uaa.admin', requiredScope];
  if (!acceptedScopes.some((name) => scope.includes(name)))
    throw insufficientScopeError(acceptedScopes);
}

function listTokens({ tokens }: State, owner: TokenOwner): SandboxResponse {
  return json(
    200,
    tokens.findByOwner(owner).map((token) => ({
      tokenId: token.id,
      clientId: token.clientId,
      userId: token.userId ?? null,
      format: token.format,
      responseType: token.responseType,
      issuedAt: token.issuedAt,
      expiresAt: token.expiresAt,
      scope: `[${token.scope.join(', ')}]`,
      value: null,
      zoneId: 'uaa',
    })),
  );
}

function notFoundError(): ErrorResponse {
  return oauthError(404, 'invalid_token', 'Resource not found');
}

import {
  json,
  route,
  empty,
  type ErrorResponse,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { bearerCaller, insufficientScope } from './bearer.js';
import type { Behaviour } from '../behaviour.js';
import { oauthError } from './error.js';
import type { State } from '../store/state.js';
import type { CheckedToken } from './token-check.js';
import type { Realm } from '../realm.js';
import type { StoredToken, TokenOwner } from '../store/tokens.js';

/** `/oauth/token/revoke` and `/oauth/token/list`. */
export function revocationRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const caller = (request: SandboxRequest): Promise<CheckedToken> => bearerCaller(request, realm);
  return [
    route('*', '/oauth/token/revoke/user/:user', async (request, { user = '' }) => {
      mayRevokeUser(await caller(request), user, realm.settings.behaviour);
      return revokeUser(state, user);
    }),
    route('*', '/oauth/token/revoke/client/:client', async (request, { client = '' }) => {
      checkScope(await caller(request), 'tokens.revoke');
      return revokeClient(state, client);
    }),
    route(
      '*',
      '/oauth/token/revoke/user/:user/client/:client',
      async (request, { user = '', client = '' }) => {
        const by = await caller(request);
        const isOwn = by.user?.id === user && by.client.id === client;
        if (!isOwn) checkScope(by, 'tokens.revoke');
        state.tokens.deleteOfOwner({ userId: user, clientId: client });
        return done;
      },
    ),
    route('DELETE', '/oauth/token/revoke/:token', async (request, { token = '' }) => {
      const by = await caller(request);
      const stored = state.tokens.get(token);
      if (!stored || !isOwn(by, stored)) checkScope(by, 'tokens.revoke');
      if (!stored) throw notFound();
      state.tokens.delete(token);
      return done;
    }),
    route('GET', '/oauth/token/list/user/:user', async (request, { user = '' }) => {
      checkScope(await caller(request), 'tokens.list');
      return listed(state, { userId: user });
    }),
    route('GET', '/oauth/token/list/client/:client', async (request, { client = '' }) => {
      checkScope(await caller(request), 'tokens.list');
      return listed(state, { clientId: client });
    }),
  ];
}

const done: SandboxResponse = empty(200);

/** Administrators may revoke all tokens; users their own, in 4.30.0 only with `tokens.revoke`. */
function mayRevokeUser(
  by: CheckedToken,
  userId: string,
  { usersEndOwnTokens }: Pick<Behaviour, 'usersEndOwnTokens'>,
): void {
  if (by.scope.includes('uaa.admin')) return;
  const isOwn = by.user?.id === userId;
  const mayRevoke = by.scope.includes('tokens.revoke');
  if (usersEndOwnTokens ? isOwn || mayRevoke : isOwn && mayRevoke) return;
  throw insufficientScope(mayRevoke ? ['uaa.admin'] : ['uaa.admin', 'tokens.revoke']);
}

/** A new salt invalidates all tokens of the user, including JWTs. */
function revokeUser({ users }: State, id: string): SandboxResponse {
  const user = users.get(id);
  if (!user) throw notFound();
  users.changeSalt(id);
  return done;
}

function revokeClient({ clients, tokens }: State, id: string): SandboxResponse {
  if (!clients.get(id)) throw notFound();
  clients.changeSalt(id);
  tokens.deleteOfOwner({ clientId: id });
  return done;
}

/** A token of the same user, or of the same client for any user. */
function isOwn(by: CheckedToken, { userId, clientId }: StoredToken): boolean {
  return clientId === by.client.id || (userId !== undefined && userId === by.user?.id);
}

function checkScope({ scope }: CheckedToken, wanted: string): void {
  const tried = ['uaa.admin', wanted];
  if (!tried.some((name) => scope.includes(name))) throw insufficientScope(tried);
}

function listed({ tokens }: State, owner: TokenOwner): SandboxResponse {
  return json(
    200,
    tokens.ofOwner(owner).map((token) => ({
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

function notFound(): ErrorResponse {
  return oauthError(404, 'invalid_token', 'Resource not found');
}

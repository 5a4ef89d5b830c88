import { badRequestError, oauthError, unauthorizedError } from '../errors.js';
import type { Realm } from '../realm.js';
import { checkGrantType, type TokenRequest } from './client-auth.js';
import { findScopesToConsent, parseScope } from './scopes.js';
import {
  InvalidTokenError,
  checkToken,
  createRevocationSignatures,
  type CheckedToken,
} from './token-check.js';
import {
  createTokenId,
  createTokenResponse,
  storeToken,
  type TokenResponse,
  type UserGrant,
} from './token-response.js';

/**
 * Exchanges a refresh token for an access token. The response contains the same refresh token, as a
 * JWT or as its id, depending on the requested format. With rotation, it contains a new refresh
 * token, and the old one becomes invalid.
 *
 * @throws ErrorResponse 401 `invalid_token`; 400 `invalid_request`, `invalid_grant`,
 *   `invalid_scope`.
 */
export async function grantByRefreshToken({
  realm,
  client,
  fields,
  clientAuthMethod,
}: TokenRequest): Promise<TokenResponse> {
  const value = fields.get('refresh_token');
  if (!value) throw badRequestError('invalid_request', 'refresh_token parameter not provided');
  checkGrantType(client, 'refresh_token', realm);
  const token = await checkToken(value, 'refresh', realm).catch((error: unknown) => {
    throw error instanceof InvalidTokenError ? invalidTokenError(error.message) : error;
  });
  const { user, claims } = token;
  if (!user) throw invalidTokenError('Invalid refresh token.');
  if (token.client.id !== client.id) {
    const description = `Wrong client for this refresh token: ${token.client.id}`;
    throw badRequestError('invalid_grant', description);
  }
  if (token.expiresAt < realm.state.now()) {
    const time = new Date(token.expiresAt).toUTCString();
    throw invalidTokenError(`Invalid refresh token expired at ${time}`);
  }
  const scope = narrowScope(token.scope, parseScope(fields.get('scope')));
  checkApprovals(token, scope, realm);
  // Unlike an access token, it must have been issued with the newest secret of the client.
  if (claims.rev_sig !== createRevocationSignatures(client, user)[0]) {
    throw invalidTokenError('Invalid refresh token: revocable signature mismatch');
  }
  const isPublic = clientAuthMethod === 'none';
  if (isPublic && claims.client_auth_method !== 'none') {
    throw invalidTokenError('Refresh without client authentication not allowed.');
  }
  const isOpaque = fields.get('token_format') === 'opaque';
  const grant: UserGrant = {
    ...{ client, user, scope, clientAuthMethod, isOpaque },
    grantType: claims.grant_type,
    authTime: claims.auth_time,
    methods: claims.amr ?? [],
    audience: claims.aud,
    isRevocable: isOpaque || claims.revocable === true,
  };
  // A public client can use each of its refresh tokens only once.
  const refreshToken =
    realm.settings.rotateRefresh || isPublic
      ? await rotateRefreshToken(realm, token, grant)
      : reuseRefreshToken(realm, token, grant);
  return createTokenResponse(realm, grant, refreshToken);
}

function invalidTokenError(description: string): Error {
  return unauthorizedError('invalid_token', description);
}

function narrowScope(granted: readonly string[], requested: readonly string[]): readonly string[] {
  if (requested.length === 0) return granted;
  if (requested.every((scope) => granted.includes(scope))) return requested;
  const names = requested.join(', ');
  const description = `Unable to narrow the scope of the client authentication to [${names}].`;
  throw oauthError(400, 'invalid_scope', description, { extra: { scope: granted.join(' ') } });
}

/**
 * Checks that the user's approvals of the scopes are still valid. The password grant does not
 * require approvals.
 *
 * @throws ErrorResponse 401.
 */
function checkApprovals(
  { claims, client, user }: CheckedToken,
  scope: readonly string[],
  { state }: Realm,
): void {
  if (claims.grant_type === 'password') return;
  const unapprovedScopes = findScopesToConsent(client, scope).filter(
    (name) => !state.approvals.get({ userId: user?.id ?? '', clientId: client.id, scope: name }),
  );
  if (unapprovedScopes.length === 0) return;
  const names = unapprovedScopes.join(', ');
  throw invalidTokenError(`Invalid token (some requested scopes are not approved): [${names}]`);
}

/**
 * Replaces a refresh token. The old one is deleted before the first await, so that only one of two
 * concurrent requests succeeds.
 *
 * @throws ErrorResponse 401 if the old token has already been deleted.
 */
async function rotateRefreshToken(
  realm: Realm,
  { id: oldId, claims, scope, expiresAt }: CheckedToken,
  grant: UserGrant,
): Promise<string> {
  if (!realm.state.tokens.delete(oldId)) {
    throw invalidTokenError(`The token has been revoked: ${oldId}`);
  }
  const id = `${createTokenId()}-r`;
  const value = await realm.key.sign({ ...claims, jti: id });
  storeToken(realm, { ...grant, scope }, { id, responseType: 'REFRESH_TOKEN', expiresAt, value });
  return grant.isOpaque || realm.settings.behaviour.hasOpaqueRefreshTokens ? id : value;
}

function reuseRefreshToken(
  realm: Realm,
  { id, jwt, scope, expiresAt }: CheckedToken,
  grant: UserGrant,
): string {
  if (!grant.isOpaque && !realm.settings.behaviour.hasOpaqueRefreshTokens) return jwt;
  const token = { id, responseType: 'REFRESH_TOKEN', expiresAt, value: jwt } as const;
  if (!realm.state.tokens.get(id)) storeToken(realm, { ...grant, scope }, token);
  return id;
}

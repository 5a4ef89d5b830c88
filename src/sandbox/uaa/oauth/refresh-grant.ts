import { oauthError, unauthorizedError } from '../errors.js';
import type { AuthorizationAttributes } from './authorization-attributes.js';
import type { Realm } from '../realm.js';
import {
  InvalidTokenError,
  checkToken,
  formatJavaDate,
  readListClaim,
  readNumberClaim,
  readTextClaim,
  type CheckedToken,
} from './token-check.js';
import { createRevocationSignatures, type UserGrant } from './token-claims.js';
import {
  createRefreshToken,
  createTokenId,
  storeToken,
  createTokenResponse,
  type ClientRequest,
  type TokenResponse,
} from './token-response.js';
import { findScopesToConsent, parseScope } from './scopes.js';
import type { User } from '../store/users.js';

/**
 * Exchanges a refresh token for an access token. The response contains the same refresh token, as a
 * JWT or as its id, depending on the requested format. With rotation, it contains a new refresh
 * token, and the old one becomes invalid.
 *
 * @throws ErrorResponse 401 `invalid_token`, 400 `invalid_grant`, 400 `invalid_scope`.
 */
export async function grantByRefreshToken({
  realm,
  client,
  fields,
  clientAuthMethod,
}: ClientRequest): Promise<TokenResponse> {
  const value = fields.get('refresh_token');
  if (value === null) {
    throw unauthorizedError('invalid_token', 'Invalid refresh token (empty token)');
  }
  const token = await checkToken(value, 'refresh', realm).catch((error: unknown) => {
    throw error instanceof InvalidTokenError
      ? unauthorizedError('invalid_token', error.message)
      : error;
  });
  if (!token.user) throw unauthorizedError('invalid_token', 'Invalid refresh token.');
  if (token.client.id !== client.id) {
    throw oauthError(
      400,
      'invalid_grant',
      `Wrong client for this refresh token: ${token.client.id}`,
    );
  }
  if (token.expiresAt < realm.state.now()) {
    throw unauthorizedError(
      'invalid_token',
      `Invalid refresh token expired at ${formatJavaDate(token.expiresAt)}`,
    );
  }
  const scope = narrowScope(token.scope, parseScope(fields.get('scope')));
  checkApprovals({ ...token, user: token.user }, scope, realm);
  checkNewestSignature(token);
  const isPublic = clientAuthMethod === 'none';
  if (isPublic && readTextClaim(token.claims, 'client_auth_method') !== 'none') {
    throw unauthorizedError('invalid_token', publicRefreshText);
  }
  const options = createGrant({ ...token, user: token.user }, fields, scope, realm);
  const grant = { ...options, clientAuthMethod };
  // A public client can use each of its refresh tokens only once.
  const rotateRefresh = realm.settings.rotateRefresh || isPublic;
  const refreshToken = rotateRefresh
    ? await rotateRefreshToken(realm, token, grant)
    : reuseRefreshToken(realm, token, grant);
  // If the refresh token is stored only because of rotation, the access token is not stored.
  const isRevocable = rotateRefresh ? grant.isOpaque : grant.isRevocable;
  return createTokenResponse(realm, { ...grant, isRevocable }, refreshToken);
}

const publicRefreshText = 'Refresh without client authentication not allowed.';

function createGrant(
  { claims, client, user }: CheckedToken & { readonly user: User },
  fields: URLSearchParams,
  scope: readonly string[],
  { settings: { behaviour } }: Realm,
): UserGrant {
  const isOpaque = fields.get('token_format') === 'opaque';
  return {
    client,
    user,
    scope,
    grantType: readTextClaim(claims, 'grant_type') ?? 'refresh_token',
    authTime: readNumberClaim(claims, 'auth_time'),
    idTokenId: createTokenId(),
    methods: readListClaim(claims, 'amr') ?? [],
    attributes: claims['az_attr'] as AuthorizationAttributes | undefined,
    audience: readListClaim(claims, 'aud'),
    isOpaque,
    // If refresh tokens are opaque by default, all of them are revocable. That does not make the
    // access token revocable.
    isRevocable: isOpaque || (claims['revocable'] === true && !behaviour.hasOpaqueRefreshTokens),
  };
}

/**
 * Replaces a refresh token. The old one is deleted before the first await, so that only one of two
 * concurrent requests succeeds.
 *
 * @throws ErrorResponse 401 if the old token has already been deleted.
 */
async function rotateRefreshToken(
  realm: Realm,
  old: CheckedToken,
  grant: UserGrant,
): Promise<string> {
  if (!realm.state.tokens.delete(old.id)) {
    throw unauthorizedError('invalid_token', `The token has been revoked: ${old.id}`);
  }
  return createRefreshToken(realm, { ...grant, scope: old.scope }, old.expiresAt);
}

function reuseRefreshToken(
  realm: Realm,
  { id, jwt, scope, expiresAt }: CheckedToken,
  grant: UserGrant,
): string {
  if (!grant.isOpaque && !realm.settings.behaviour.hasOpaqueRefreshTokens) return jwt;
  if (!realm.state.tokens.get(id)) {
    const storedToken = { id, responseType: 'REFRESH_TOKEN', expiresAt, value: jwt } as const;
    storeToken(realm, { ...grant, scope }, storedToken);
  }
  return id;
}

/**
 * Checks that the user's approvals of the scopes are still valid. The password grant does not
 * require approvals.
 *
 * @throws ErrorResponse 401.
 */
function checkApprovals(
  { claims, client, user }: CheckedToken & { readonly user: User },
  scope: readonly string[],
  { state }: Realm,
): void {
  if (readTextClaim(claims, 'grant_type') === 'password') return;
  const unapprovedScopes = findScopesToConsent(client, scope).filter(
    (name) => !state.approvals.get({ userId: user.id, clientId: client.id, scope: name }),
  );
  if (unapprovedScopes.length > 0) {
    throw unauthorizedError(
      'invalid_token',
      `Invalid token (some requested scopes are not approved): [${unapprovedScopes.join(', ')}]`,
    );
  }
}

/**
 * Unlike an access token, a refresh token must have been issued with the newest secret of the client.
 *
 * @throws ErrorResponse 401.
 */
function checkNewestSignature({ claims, client, user }: CheckedToken): void {
  if (readTextClaim(claims, 'rev_sig') === createRevocationSignatures(client, user)[0]) return;
  throw unauthorizedError('invalid_token', 'Invalid refresh token: revocable signature mismatch');
}

function narrowScope(granted: readonly string[], requested: readonly string[]): readonly string[] {
  const grantedSet = granted;
  if (requested.length === 0) return grantedSet;
  if (requested.every((scope) => granted.includes(scope))) return requested;
  throw oauthError(
    400,
    'invalid_scope',
    `Unable to narrow the scope of the client authentication to [${requested.join(', ')}].`,
    { extra: { scope: grantedSet.join(' ') } },
  );
}

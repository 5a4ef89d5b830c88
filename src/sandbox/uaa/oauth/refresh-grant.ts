import type { Client } from '../store/clients.js';
import { oauthError, unauthorized } from './error.js';
import type { Realm } from '../realm.js';
import {
  InvalidToken,
  checkToken,
  javaDate,
  listClaim,
  numberClaim,
  textClaim,
  type CheckedToken,
} from './token-check.js';
import type { UserGrant } from './token-claims.js';
import { newRefreshToken, store, tokenResponse } from './token-issue.js';
import { scopesToConsent, parseScope } from './scopes.js';
import type { User } from '../store/users.js';

/**
 * The refresh grant. It returns the same refresh token, as a JWT or as its id, in the requested
 * format; with rotation, it returns a new one and the old one becomes invalid.
 *
 * @throws ErrorResponse 401 `invalid_token`, 400 `invalid_grant`, 400 `invalid_scope`.
 */
export async function refreshGrant(
  realm: Realm,
  client: Client,
  fields: URLSearchParams,
): Promise<Record<string, unknown>> {
  const value = fields.get('refresh_token');
  if (value === null) throw unauthorized('invalid_token', 'Invalid refresh token (empty token)');
  const checked = await checkToken(value, 'refresh', realm).catch((error: unknown) => {
    throw error instanceof InvalidToken ? unauthorized('invalid_token', error.message) : error;
  });
  if (!checked.user) throw unauthorized('invalid_token', 'Invalid refresh token.');
  if (checked.expiresAt < realm.state.now()) {
    throw unauthorized(
      'invalid_token',
      `Invalid refresh token expired at ${javaDate(checked.expiresAt)}`,
    );
  }
  if (checked.client.id !== client.id) {
    throw oauthError(
      400,
      'invalid_grant',
      `Wrong client for this refresh token: ${checked.client.id}`,
    );
  }
  const scope = narrowed(checked.scope, parseScope(fields.get('scope')));
  checkApprovals({ ...checked, user: checked.user }, scope, realm);
  const grant = grantOf({ ...checked, user: checked.user }, fields, scope, realm);
  const { rotateRefresh } = realm.settings;
  const refreshToken = rotateRefresh
    ? await rotated(realm, checked, grant)
    : reused(realm, checked, grant);
  // A refresh token that is stored only because of rotation does not cause a stored access token.
  const revocable = rotateRefresh ? grant.opaque : grant.revocable;
  return tokenResponse(realm, { ...grant, revocable }, refreshToken);
}

function grantOf(
  { claims, client, user }: CheckedToken & { readonly user: User },
  fields: URLSearchParams,
  scope: readonly string[],
  { settings: { behaviour } }: Realm,
): UserGrant {
  const opaque = fields.get('token_format') === 'opaque';
  return {
    client,
    user,
    scope,
    grantType: textClaim(claims, 'grant_type') ?? 'refresh_token',
    authTime: numberClaim(claims, 'auth_time'),
    audience: listClaim(claims, 'aud'),
    opaque,
    // If refresh tokens are opaque by default, that does not apply to access tokens.
    revocable: opaque || (claims['revocable'] === true && !behaviour.opaqueRefresh),
  };
}

/** The old token is removed before the first await, so that only one of two concurrent refreshes succeeds. */
async function rotated(realm: Realm, old: CheckedToken, grant: UserGrant): Promise<string> {
  if (!realm.state.tokens.delete(old.id)) {
    throw unauthorized('invalid_token', `The token has been revoked: ${old.id}`);
  }
  return newRefreshToken(realm, { ...grant, scope: old.scope }, old.expiresAt);
}

function reused(
  realm: Realm,
  { id, jwt, scope, expiresAt }: CheckedToken,
  grant: UserGrant,
): string {
  if (!grant.opaque && !realm.settings.behaviour.opaqueRefresh) return jwt;
  if (!realm.state.tokens.get(id)) {
    const token = { id, responseType: 'REFRESH_TOKEN', expiresAt, value: jwt } as const;
    store(realm, { ...grant, scope }, token);
  }
  return id;
}

/** Approvals that a user gave in a browser must still be valid; the password grant needs none. */
function checkApprovals(
  { claims, client, user }: CheckedToken & { readonly user: User },
  scope: readonly string[],
  { state }: Realm,
): void {
  if (textClaim(claims, 'grant_type') === 'password') return;
  const lost = scopesToConsent(client, scope).filter(
    (name) => !state.approvals.get({ userId: user.id, clientId: client.id, scope: name }),
  );
  if (lost.length > 0) {
    throw unauthorized(
      'invalid_token',
      `Invalid token (some requested scopes are not approved): [${lost.join(', ')}]`,
    );
  }
}

function narrowed(granted: readonly string[], wanted: readonly string[]): readonly string[] {
  if (wanted.length === 0) return granted;
  if (wanted.every((scope) => granted.includes(scope))) return wanted;
  throw oauthError(
    400,
    'invalid_scope',
    `Unable to narrow the scope of the client authentication to [${wanted.join(', ')}].`,
    { extra: { scope: granted.join(' ') } },
  );
}

import { numberClaim, textClaim } from './claims.js';
import type { Client } from './client-store.js';
import { javaDate } from './java-date.js';
import { challenges, oauthRefusal } from './oauth-error.js';
import type { Refusal } from './refusal.js';
import { InvalidToken, checkToken } from './token-check.js';
import { newRefreshToken, tokenResponse } from './token-issue.js';
import type { Grant, TokenIssue } from './token-issue.js';
import { parseScope } from './token-scope.js';
import type { User } from './user-store.js';

/**
 * The refresh grant. The same refresh token comes back while its format stays the same; with
 * rotation a new one comes back and the old one is dead.
 *
 * @throws Refusal 401 `invalid_token`, 400 `invalid_grant`, 400 `invalid_scope`.
 */
export async function refreshGrant(
  issue: TokenIssue,
  client: Client,
  fields: URLSearchParams,
): Promise<Record<string, unknown>> {
  const { state, settings } = issue;
  const value = fields.get('refresh_token');
  if (value === null) throw invalidToken('Invalid refresh token (empty token)');
  const checked = await checkToken(value, 'refresh', issue).catch((error: unknown) => {
    throw error instanceof InvalidToken ? invalidToken(error.message) : error;
  });
  const { claims, user, expiresAt } = checked;
  if (!user) throw invalidToken('Invalid refresh token.');
  if (expiresAt < state.now()) {
    throw invalidToken(`Invalid refresh token expired at ${javaDate(expiresAt)}`);
  }
  if (checked.client.id !== client.id) {
    throw oauthRefusal({
      status: 400,
      error: 'invalid_grant',
      description: `Wrong client for this refresh token: ${checked.client.id}`,
    });
  }
  const scope = narrowed(checked.scope, parseScope(fields.get('scope') ?? undefined));

  const opaque = fields.get('token_format') === 'opaque';
  const authTime = numberClaim(claims, 'auth_time');
  const nonce = textClaim(claims, 'nonce');
  const grant: Grant & { readonly user: User } = {
    client,
    user,
    scope,
    grantType: textClaim(claims, 'grant_type') ?? 'refresh_token',
    ...(authTime !== undefined && { authTime }),
    ...(nonce !== undefined && { nonce }),
    opaque,
    revocable: opaque || (claims['revocable'] === true && !settings.rotateRefresh),
  };
  if (settings.rotateRefresh) {
    // Removed before anything is awaited: of two refreshes at once, one gets through.
    if (!state.tokens.remove(checked.id)) {
      throw invalidToken(`The token has been revoked: ${checked.id}`);
    }
    const whole = { ...grant, scope: checked.scope };
    return tokenResponse(issue, grant, await newRefreshToken(issue, whole, expiresAt));
  }
  const same = value === checked.id ? opaque : !opaque;
  const refreshToken = same
    ? { id: checked.id, value }
    : await newRefreshToken(issue, { ...grant, scope: checked.scope }, expiresAt);
  return tokenResponse(issue, grant, refreshToken);
}

function narrowed(granted: readonly string[], wanted: readonly string[]): readonly string[] {
  if (wanted.length === 0) return granted;
  if (wanted.every((scope) => granted.includes(scope))) return wanted;
  throw oauthRefusal({
    status: 400,
    error: 'invalid_scope',
    description: `Unable to narrow the scope of the client authentication to [${wanted.join(', ')}].`,
    extra: { scope: granted.join(' ') },
  });
}

function invalidToken(description: string): Refusal {
  return oauthRefusal({ status: 401, error: 'invalid_token', description }, challenges.token);
}

import { listClaim, numberClaim, textClaim } from './claims.js';
import type { Claims } from './claims.js';
import type { Client } from './client-store.js';
import { revocationSignatures } from './revocation-signature.js';
import { issuerClaim } from './token-issue.js';
import type { TokenIssue } from './token-issue.js';
import { clientHasScope } from './token-scope.js';
import type { User } from './user-store.js';

/** Why a token is not good; a route decides with which status it says so. */
export class InvalidToken extends Error {}

/** A token that may be trusted, expiry apart. */
export interface CheckedToken {
  readonly id: string;
  readonly claims: Claims;
  readonly client: Client;
  /** Absent for a token of the client itself. */
  readonly user?: User;
  readonly scope: readonly string[];
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Checks what makes a token good, in the real server's order: known, decodable, signed here,
 * not revoked, its issuer, its client and user, their scopes, and its `rev_sig`. Expiry is the
 * caller's to check: each route words it differently.
 *
 * @throws InvalidToken with UAA's text.
 */
export async function checkToken(
  token: string,
  kind: 'access' | 'refresh',
  { state, key, settings }: TokenIssue,
): Promise<CheckedToken> {
  const jwt = /^[\w\-\\=]*\.[\w\-\\=]*\.[\w\-\\=]*$/.test(token)
    ? token
    : state.tokens.get(token)?.value;
  if (jwt === undefined) throw new InvalidToken(unknownToken);

  const claims = decode(jwt);
  const kid = headerOf(jwt)?.['kid'];
  if (kid !== key.id) {
    throw new InvalidToken(
      typeof kid === 'string'
        ? `Token header claim [kid] references unknown signing key : [${kid}]`
        : 'Token header claim [kid] is not found',
    );
  }
  if (!(await key.verifies(jwt))) throw new InvalidToken('Could not verify token signature.');

  const scopeClaim = kind === 'access' ? 'scope' : 'granted_scopes';
  const scope = listClaim(claims, scopeClaim);
  if (!scope) throw new InvalidToken(`The token does not bear a "${scopeClaim}" claim.`);

  const id = textClaim(claims, 'jti') ?? '';
  if (claims['revocable'] === true && !state.tokens.get(id)) {
    throw new InvalidToken(`The token has been revoked: ${id}`);
  }
  const issuer = textClaim(claims, 'iss');
  if (issuer !== issuerClaim(settings)) {
    throw new InvalidToken(
      `Invalid issuer (${String(issuer)}) for token did not match expected: ` +
        issuerClaim(settings),
    );
  }

  const clientId = textClaim(claims, 'cid') ?? '';
  const client = state.clients.get(clientId);
  if (!client) throw new InvalidToken(`Invalid client ID ${clientId}`);
  const userId = textClaim(claims, 'user_id');
  const user = userId === undefined ? undefined : state.users.get(userId);
  if (userId !== undefined && !user) {
    throw new InvalidToken(`Token bears a non-existent user ID: ${userId}`);
  }

  const groups = new Set(
    user ? state.groups.of(user.id).map(({ group }) => group.displayName) : [],
  );
  const missing = scope.filter((name) =>
    user ? !groups.has(name) || !clientHasScope(client, name) : !client.authorities.includes(name),
  );
  if (missing.length > 0) {
    throw new InvalidToken(`Some required "${scopeClaim}" are missing: [${missing.join(' ')}]`);
  }
  if (!revocationSignatures(client, user).includes(textClaim(claims, 'rev_sig') ?? '')) {
    throw new InvalidToken('revocable signature mismatch');
  }
  if ((kind === 'refresh') !== id.endsWith('-r')) {
    throw new InvalidToken(`Invalid ${kind} token.`);
  }
  return {
    id,
    claims,
    client,
    ...(user && { user }),
    scope,
    expiresAt: (numberClaim(claims, 'exp') ?? 0) * 1000,
  };
}

const unknownToken = 'The token expired, was revoked, or the token ID is incorrect.';

function decode(jwt: string): Claims {
  const claims = parsePart(jwt.split('.')[1]);
  if (!claims || !headerOf(jwt)) {
    throw new InvalidToken(`Invalid token (could not decode): ${jwt}`);
  }
  return claims;
}

function headerOf(jwt: string): Claims | undefined {
  return parsePart(jwt.split('.')[0]);
}

function parsePart(part = ''): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

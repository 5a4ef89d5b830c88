import { isObject, parseJson } from '../../body.js';
import type { Client } from '../store/clients.js';
import { createRevocationSignatures } from './token-claims.js';
import { formatIssuer, type Realm } from '../realm.js';
import { clientHasScope, hasRequiredGroups, requiredGroupsText } from './scopes.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';

/** The reason why a token is invalid. Each route chooses the HTTP status. */
export class InvalidTokenError extends Error {}

/** A token that is valid, except that it may have expired. */
export interface CheckedToken {
  /** The claim `jti`. */
  readonly id: string;
  readonly jwt: string;
  readonly claims: Claims;
  readonly client: Client;
  /** Undefined for a token of the client itself. */
  readonly user?: User;
  readonly scope: readonly string[];
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export type TokenKind = 'access' | 'refresh';

/**
 * Checks a token in the same order as the real server: format, signature, revocation, issuer,
 * client and user, their scopes, and `rev_sig`. The caller checks the expiry, because the routes
 * report it with different texts.
 *
 * @throws InvalidTokenError with UAA's text.
 */
export async function checkToken(
  token: string,
  kind: TokenKind,
  { state, key, settings }: Realm,
): Promise<CheckedToken> {
  const jwt = isJwtShaped(token) ? token : state.tokens.get(token)?.value;
  if (jwt === undefined) throw new InvalidTokenError(unknownTokenText);
  const kid = decodeKeyId(jwt);
  if (kid !== key.id) {
    throw new InvalidTokenError(
      `Token header claim [kid] references unknown signing key : [${kid}]`,
    );
  }
  const claims = decodeClaims(jwt);
  if (!(await key.verify(jwt))) throw new InvalidTokenError('Could not verify token signature.');

  const id = readTextClaim(claims, 'jti') ?? '';
  const scopeClaim =
    kind === 'refresh' && claims['granted_scopes'] !== undefined ? 'granted_scopes' : 'scope';
  const scope = readListClaim(claims, scopeClaim);
  if (!scope) throw new InvalidTokenError(`The token does not bear a "${scopeClaim}" claim.`);
  if (claims['revocable'] === true && !state.tokens.get(id)) {
    throw new InvalidTokenError(`The token has been revoked: ${id}`);
  }
  checkIssuer(claims, formatIssuer(settings));
  const { client, user } = findOwners(claims, state);
  const missingScopes = findMissingScopes(state, client, user, scope);
  if (missingScopes.length > 0) {
    throw new InvalidTokenError(
      `Some required "${scopeClaim}" are missing: [${missingScopes.join(', ')}]`,
    );
  }
  if (user && !hasRequiredGroups(client, state.groups.findUserScopes(user.id))) {
    throw new InvalidTokenError(requiredGroupsText);
  }
  if (!createRevocationSignatures(client, user).includes(readTextClaim(claims, 'rev_sig') ?? '')) {
    throw new InvalidTokenError('revocable signature mismatch');
  }
  if (kind === 'refresh' && !id.endsWith('-r')) {
    throw new InvalidTokenError('Invalid refresh token.');
  }
  const expiresAt = (readNumberClaim(claims, 'exp') ?? 0) * 1000;
  return { id, jwt, claims, client, ...(user && { user }), scope, expiresAt };
}

const unknownTokenText = 'The token expired, was revoked, or the token ID is incorrect.';

/** Whether a token has the three parts of a JWT. All others are ids of stored tokens. */
function isJwtShaped(token: string): boolean {
  return /^[\w\-\\=]*\.[\w\-\\=]*\.[\w\-\\=]*$/.test(token);
}

/** Reads the key id from the header. A number is converted to text. */
function decodeKeyId(jwt: string): string {
  const [headerPart, , signature] = jwt.split('.');
  const header = parseJwtPart(headerPart);
  const kid = header?.['kid'] ?? undefined;
  if (header && kid === undefined) {
    throw new InvalidTokenError('kid claim not found in JWT token header');
  }
  const isUnsigned = signature === '' && header?.['alg'] !== 'none';
  if (kid === undefined || typeof kid === 'object' || isUnsigned) {
    throw new InvalidTokenError(`Invalid token (could not decode): ${jwt}`);
  }
  return typeof kid === 'string' ? kid : JSON.stringify(kid);
}

function decodeClaims(jwt: string): Claims {
  const claims = parseJwtPart(jwt.split('.')[1]);
  if (!claims) throw new InvalidTokenError(`Invalid token (cannot read token claims): ${jwt}`);
  return claims;
}

/** Decodes the header or the claims of a token. @returns undefined if it is not a JSON object. */
export function parseJwtPart(part = ''): Claims | undefined {
  const value = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  return isObject(value) ? value : undefined;
}

function checkIssuer(claims: Claims, expected: string): void {
  const issuer = String(claims['iss']);
  if (issuer === expected) return;
  throw new InvalidTokenError(
    `Invalid issuer (${issuer}) for token did not match expected: ${expected}`,
  );
}

function findOwners(claims: Claims, { clients, users }: State): { client: Client; user?: User } {
  const clientId = readTextClaim(claims, 'cid') ?? '';
  const client = clients.get(clientId);
  if (!client) throw new InvalidTokenError(`Invalid client ID ${clientId}`);
  const userId = readTextClaim(claims, 'user_id');
  if (userId === undefined) return { client };
  const user = users.get(userId);
  if (!user?.active) throw new InvalidTokenError(`Token bears a non-existent user ID: ${userId}`);
  return { client, user };
}

/** Finds the scopes that the client or user no longer has. */
function findMissingScopes(
  { groups }: State,
  client: Client,
  user: User | undefined,
  scope: readonly string[],
): readonly string[] {
  if (!user) return scope.filter((name) => !client.authorities.includes(name));
  const names = groups.findUserScopes(user.id);
  return scope.filter((name) => !names.has(name) || !clientHasScope(client, name));
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/**
 * Formats a time like Java's `Date.toString` on a server in UTC.
 *
 * @param time - epoch milliseconds.
 * @returns e.g. `Thu Mar 14 23:34:23 UTC 2019`.
 */
export function formatJavaDate(time: number): string {
  const date = new Date(time);
  const timeOfDay = date.toISOString().slice(11, 19);
  const day = String(date.getUTCDate()).padStart(2, '0');
  return (
    `${days[date.getUTCDay()] ?? ''} ${months[date.getUTCMonth()] ?? ''} ${day} ${timeOfDay} ` +
    `UTC ${String(date.getUTCFullYear())}`
  );
}

/** The signed claims of a token. */
export type Claims = Readonly<Record<string, unknown>>;

/** Reads a claim; undefined if it is not a string. */
export function readTextClaim(claims: Claims, name: string): string | undefined {
  const value = claims[name];
  return typeof value === 'string' ? value : undefined;
}

/** Reads a claim; undefined if it is not a number. */
export function readNumberClaim(claims: Claims, name: string): number | undefined {
  const value = claims[name];
  return typeof value === 'number' ? value : undefined;
}

/** Reads the strings in a claim; undefined if it is not an array. */
export function readListClaim(claims: Claims, name: string): readonly string[] | undefined {
  const value = claims[name];
  if (!Array.isArray(value)) return undefined;
  return value.filter((item): item is string => typeof item === 'string');
}

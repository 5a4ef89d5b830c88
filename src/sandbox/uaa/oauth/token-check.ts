import { isObject, parseJson } from '../../body.js';
import type { Client } from '../store/clients.js';
import { revocationSignatures } from './token-claims.js';
import { issuerClaim, type Realm } from '../realm.js';
import { clientHasScope } from './scopes.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';

/** Reason why a token is invalid; each route chooses the status. */
export class InvalidToken extends Error {}

/** A token that is valid, unless it has expired. */
export interface CheckedToken {
  /** The `jti`. */
  readonly id: string;
  readonly jwt: string;
  readonly claims: Claims;
  readonly client: Client;
  /** Absent for a token of the client itself. */
  readonly user?: User;
  readonly scope: readonly string[];
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export type TokenKind = 'access' | 'refresh';

/**
 * Checks a token in the real server's order: known, decodable, signed by this server, not revoked,
 * its issuer, its client and user, their scopes, and its `rev_sig`. The caller checks the expiry,
 * because each route has its own error text for it.
 *
 * @throws InvalidToken with UAA's text.
 */
export async function checkToken(
  token: string,
  kind: TokenKind,
  { state, key, settings }: Realm,
): Promise<CheckedToken> {
  const jwt = isJwt(token) ? token : state.tokens.get(token)?.value;
  if (jwt === undefined) throw new InvalidToken(unknownToken);
  const { claims, kid } = decode(jwt);
  if (kid !== key.id) {
    throw new InvalidToken(`Token header claim [kid] references unknown signing key : [${kid}]`);
  }
  if (!(await key.verifies(jwt))) throw new InvalidToken('Could not verify token signature.');

  const id = textClaim(claims, 'jti') ?? '';
  if (kind === 'refresh' && !id.endsWith('-r')) throw new InvalidToken('Invalid refresh token.');
  const scopeClaim = kind === 'access' ? 'scope' : 'granted_scopes';
  const scope = listClaim(claims, scopeClaim);
  if (!scope) throw new InvalidToken(`The token does not bear a "${scopeClaim}" claim.`);
  if (claims['revocable'] === true && !state.tokens.get(id)) {
    throw new InvalidToken(`The token has been revoked: ${id}`);
  }
  checkIssuer(claims, issuerClaim(settings));
  const { client, user } = owners(claims, state);
  const missing = lostScopes(state, client, user, scope);
  if (missing.length > 0) {
    throw new InvalidToken(`Some required "${scopeClaim}" are missing: [${missing.join(' ')}]`);
  }
  if (!revocationSignatures(client, user).includes(textClaim(claims, 'rev_sig') ?? '')) {
    throw new InvalidToken('revocable signature mismatch');
  }
  const expiresAt = (numberClaim(claims, 'exp') ?? 0) * 1000;
  return { id, jwt, claims, client, ...(user && { user }), scope, expiresAt };
}

const unknownToken = 'The token expired, was revoked, or the token ID is incorrect.';

/** Three parts of base64url letters; anything else is looked up as the id of a stored token. */
function isJwt(token: string): boolean {
  return /^[\w\-\\=]*\.[\w\-\\=]*\.[\w\-\\=]*$/.test(token);
}

function decode(jwt: string): { claims: Claims; kid: string } {
  const [headerPart, claimsPart, signature] = jwt.split('.');
  const header = parsePart(headerPart);
  const kid = header?.['kid'];
  if (header && typeof kid !== 'string') {
    throw new InvalidToken('kid claim not found in JWT token header');
  }
  if (typeof kid !== 'string' || signature === '') {
    throw new InvalidToken(`Invalid token (could not decode): ${jwt}`);
  }
  const claims = parsePart(claimsPart);
  if (!claims) throw new InvalidToken(`Invalid token (cannot read token claims): ${jwt}`);
  return { claims, kid };
}

function parsePart(part = ''): Claims | undefined {
  const value = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  return isObject(value) ? value : undefined;
}

function checkIssuer(claims: Claims, expected: string): void {
  const issuer = String(claims['iss']);
  if (issuer === expected) return;
  throw new InvalidToken(
    `Invalid issuer (${issuer}) for token did not match expected: ${expected}`,
  );
}

function owners(claims: Claims, { clients, users }: State): { client: Client; user?: User } {
  const clientId = textClaim(claims, 'cid') ?? '';
  const client = clients.get(clientId);
  if (!client) throw new InvalidToken(`Invalid client ID ${clientId}`);
  const userId = textClaim(claims, 'user_id');
  if (userId === undefined) return { client };
  const user = users.get(userId);
  if (!user?.active) throw new InvalidToken(`Token bears a non-existent user ID: ${userId}`);
  return { client, user };
}

/** @returns the scopes that the client or user no longer has. */
function lostScopes(
  { groups }: State,
  client: Client,
  user: User | undefined,
  scope: readonly string[],
): readonly string[] {
  if (!user) return scope.filter((name) => !client.authorities.includes(name));
  const names = groups.namesOfUser(user.id);
  return scope.filter((name) => !names.has(name) || !clientHasScope(client, name));
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/**
 * An instant as Java's `Date.toString` shows it on a server that runs in UTC.
 *
 * @param at - epoch milliseconds.
 * @returns e.g. `Thu Mar 14 23:34:23 UTC 2019`.
 */
export function javaDate(at: number): string {
  const date = new Date(at);
  const time = date.toISOString().slice(11, 19);
  const day = String(date.getUTCDate()).padStart(2, '0');
  return (
    `${days[date.getUTCDay()] ?? ''} ${months[date.getUTCMonth()] ?? ''} ${day} ${time} ` +
    `UTC ${String(date.getUTCFullYear())}`
  );
}

/** The claims of one token, as they are signed. */
export type Claims = Readonly<Record<string, unknown>>;

/** @returns the claim if it is a text, else undefined. */
export function textClaim(claims: Claims, name: string): string | undefined {
  const value = claims[name];
  return typeof value === 'string' ? value : undefined;
}

/** @returns the claim if it is a number, else undefined. */
export function numberClaim(claims: Claims, name: string): number | undefined {
  const value = claims[name];
  return typeof value === 'number' ? value : undefined;
}

/** @returns the claim's texts; undefined when the claim is not an array. */
export function listClaim(claims: Claims, name: string): readonly string[] | undefined {
  const value = claims[name];
  if (!Array.isArray(value)) return undefined;
  return value.filter((item): item is string => typeof item === 'string');
}

import { rewordError } from '../../base/errors.js';
import { toPlainText } from '../../base/json-value.js';
import { Secret } from '../../base/secret.js';
import { unexpectedResponseFrom } from '../../platform/http/response.js';
import { isPlausibleServerTime } from '../../platform/http/server-clock.js';
import { type Claims, readClaims, readTextClaim, readTimeClaim } from './claims.js';

/** The tokens that the UAA issued, and the time of the response. */
export interface Token {
  readonly accessToken: Secret;
  readonly refreshToken?: Secret | undefined;
  readonly idToken?: Secret | undefined;
  /** Granted scopes, space-separated. */
  readonly scope: string;
  /** Lifetime of the access token, from the response or from its claims. */
  readonly lifetimeSeconds: number;
  /** When the refresh token expires; `undefined` if it is not a JWT or does not expire. */
  readonly refreshExpiresAt?: Date | undefined;
  /** Time of the response: its `Date` header, otherwise this machine's clock. */
  readonly issuedAt: Date;
  /** The server's clock minus this machine's clock. */
  readonly clockOffsetSeconds: number;
}

export interface TokenFields {
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
  readonly idToken?: string | undefined;
  readonly scope?: string | undefined;
  readonly expiresInSeconds?: number | undefined;
  /** `Date` header of the response. */
  readonly date?: string | undefined;
  readonly now: Date;
}

/** @throws {TpksError} `unavailable` for a token with invalid characters, or a date out of range. */
export function toToken(fields: TokenFields): Token {
  const { now } = fields;
  const accessToken = toSecret('access_token', fields.accessToken);
  const refreshToken =
    fields.refreshToken === undefined ? undefined : toSecret('refresh_token', fields.refreshToken);
  const idToken = fields.idToken === undefined ? undefined : toSecret('id_token', fields.idToken);
  const tokenClaims = readClaims(accessToken);
  const issuedAt = parseServerTime(fields.date) ?? now;
  return {
    accessToken,
    refreshToken,
    idToken,
    refreshExpiresAt: refreshToken && readTimeClaim(readClaims(refreshToken), 'exp'),
    scope: fields.scope ?? readScopeClaim(tokenClaims) ?? '',
    lifetimeSeconds: clampLifetime(fields.expiresInSeconds ?? readLifetime(tokenClaims) ?? 0),
    issuedAt,
    clockOffsetSeconds: Math.round((issuedAt.getTime() - now.getTime()) / 1000),
  };
}

/**
 * Tokens are sent in headers and printed on one line, so a line break could inject a header.
 * @see RFC 6749, appendix A.12; RFC 6750, section 2.1
 */
function toSecret(field: string, token: string): Secret {
  const secret = new Secret(token);
  if (!/[^\x21-\x7e]/.test(token)) return secret;
  throw unexpectedResponseFrom(
    'The UAA',
    `${field} contains characters that are not allowed in a token`,
  );
}

/**
 * Parses the `Date` header of a response; `undefined` if it is absent or not a date.
 * @throws {TpksError} `unavailable` for a date to which no lifetime can be added.
 */
function parseServerTime(date: string | undefined): Date | undefined {
  const time = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(time)) return undefined;
  if (isPlausibleServerTime(time)) return new Date(time);
  throw rewordError(
    unexpectedResponseFrom('The UAA', 'the time in the Date header is out of range'),
    { hint: 'check the address of the UAA and the clock of its machine, then try again' },
  );
}

/** A hundred years. A much longer lifetime could end after the largest valid date. */
const maximumLifetimeSeconds = 100 * 365 * 24 * 60 * 60;

/** Limits a lifetime to values with which times can be calculated. */
export function clampLifetime(seconds: number): number {
  return Math.max(0, Math.min(seconds, maximumLifetimeSeconds));
}

/** The scope claim is an array in tokens from the UAA, and a string in tokens from other servers. */
function readScopeClaim(tokenClaims: Claims | undefined): string | undefined {
  const scope = tokenClaims?.['scope'];
  return Array.isArray(scope)
    ? scope.map(toPlainText).join(' ')
    : readTextClaim(tokenClaims, 'scope');
}

function readLifetime(tokenClaims: Claims | undefined): number | undefined {
  const issuedAt = readTimeClaim(tokenClaims, 'iat');
  const expiresAt = readTimeClaim(tokenClaims, 'exp');
  return issuedAt && expiresAt ? (expiresAt.getTime() - issuedAt.getTime()) / 1000 : undefined;
}

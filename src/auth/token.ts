import { reworded } from '../errors.js';
import { isServerTime } from '../http/date-header.js';
import { unexpectedFrom } from '../http/unexpected.js';
import { Secret } from '../secret.js';
import { claims, textClaim, timeClaim, type Claims } from './claims.js';
import { plainText } from '../json-value.js';

/** The tokens that the UAA issued, and when. */
export interface Token {
  readonly accessToken: Secret;
  readonly refreshToken?: Secret | undefined;
  readonly idToken?: Secret | undefined;
  /** Granted scopes, blank-separated. */
  readonly scope: string;
  /** Lifetime that the server stated. */
  readonly lifetimeSeconds: number;
  /** End of the refresh token; `undefined` if it is not a JWT or has no end. */
  readonly refreshExpiresAt?: Date | undefined;
  /** When the response arrived: its `Date` header, or this machine's clock without one. */
  readonly issuedAt: Date;
  /** Server's clock minus ours. */
  readonly clockOffsetSeconds: number;
}

/** The fields of a token response, from a JSON body or from a redirect. */
export interface TokenFields {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly idToken: string | undefined;
  readonly scope: string | undefined;
  readonly expiresInSeconds: number | undefined;
  readonly date: string | undefined;
  readonly now: Date;
}

/**
 * @throws {TpksError} `unavailable` for a token with invalid characters, or a date out of range.
 */
export function toToken(answer: TokenFields): Token {
  const { now } = answer;
  const accessToken = toSecret('access_token', answer.accessToken);
  const refreshToken =
    answer.refreshToken === undefined ? undefined : toSecret('refresh_token', answer.refreshToken);
  const idToken = answer.idToken === undefined ? undefined : toSecret('id_token', answer.idToken);
  const said = claims(accessToken);
  const issuedAt = parseServerTime(answer.date) ?? now;
  return {
    accessToken,
    refreshToken,
    idToken,
    refreshExpiresAt: refreshToken && timeClaim(claims(refreshToken), 'exp'),
    scope: answer.scope ?? readScopeClaim(said) ?? '',
    lifetimeSeconds: clampLifetime(answer.expiresInSeconds ?? readLifetime(said) ?? 0),
    issuedAt,
    clockOffsetSeconds: Math.round((issuedAt.getTime() - now.getTime()) / 1000),
  };
}

/**
 * Tokens are put into headers and printed on one line, so a line break in one could inject a header.
 * A token consists of printable ASCII characters, and a bearer token has no spaces.
 * @see RFC 6749, appendix A.12; RFC 6750, section 2.1
 */
function toSecret(field: string, token: string): Secret {
  const secret = new Secret(token);
  if (!/[^\x21-\x7e]/.test(token)) return secret;
  throw unexpectedFrom('The UAA', `${field} contains characters that are not allowed in a token`);
}

/**
 * The server's clock.
 * @returns `undefined` if the header is absent or not a date.
 * @throws {TpksError} `unavailable` for a date to which no lifetime can be added.
 */
function parseServerTime(date: string | undefined): Date | undefined {
  const time = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(time)) return undefined;
  if (isServerTime(time)) return new Date(time);
  throw reworded(unexpectedFrom('The UAA', 'the time in the Date header is out of range'), {
    hint: 'check the address of the UAA and the clock of its machine, then try again',
  });
}

/** A hundred years; the end of what lives longer cannot be written as a date. */
const maximumLifetimeSeconds = 100 * 365 * 24 * 60 * 60;

function clampLifetime(seconds: number): number {
  return Math.max(0, Math.min(seconds, maximumLifetimeSeconds));
}

/** A list in the tokens of UAA, a text elsewhere. */
function readScopeClaim(said: Claims | undefined): string | undefined {
  const scope = said?.['scope'];
  return Array.isArray(scope) ? scope.map(plainText).join(' ') : textClaim(said, 'scope');
}

function readLifetime(said: Claims | undefined): number | undefined {
  const start = timeClaim(said, 'iat');
  const end = timeClaim(said, 'exp');
  return start && end ? (end.getTime() - start.getTime()) / 1000 : undefined;
}

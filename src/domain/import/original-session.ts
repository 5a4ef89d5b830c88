import { formatInstant } from '../../base/clock.js';
import { TpksError } from '../../base/errors.js';
import type { ContextSettings, GrantKind } from '../../platform/config/settings.js';
import { isPlausibleServerTime } from '../../platform/http/server-clock.js';
import { readClaims, readTextClaim, readTimeClaim, type Claims } from '../auth/claims.js';
import { toToken, type Token } from '../auth/token.js';
import type { UaaTarget } from '../contexts/targets.js';

/** Origins whose users log in with a password. Other users log in on the page of their identity provider. */
const passwordOrigins = ['uaa', 'ldap'];

export interface OldSession
  extends UaaTarget, Pick<ContextSettings, 'identity' | 'clientId' | 'grant' | 'tokenFormat'> {
  readonly file: string;
  /** The line at which the session starts, counted from 1. */
  readonly line: number;
  /** The name in the file: the key of a context, or the username. */
  readonly label: string;
  /** Origin of the PKS API; `undefined` if the file contains only a UAA. */
  readonly api: string | undefined;
  readonly token: Token;
}

export interface OldFile {
  readonly targets: readonly OldTarget[];
  readonly sessions: readonly OldSession[];
  readonly unusable: readonly UnusableEntry[];
  /** Differences between the file and what is imported, as sentences. */
  readonly notes: readonly string[];
}

export interface OldTarget extends UaaTarget {
  readonly line: number;
  readonly isCurrent: boolean;
  /** The session of the target's current context; one of the file's sessions. */
  readonly currentSession: OldSession | undefined;
}

export interface UnusableEntry {
  readonly file: string;
  readonly line: number;
  readonly label: string;
  readonly reason: string;
  /** Whether the entry is a target whose sessions may still be valid; `false` if absent. */
  readonly hasSessions?: boolean;
}

export const importOtherHint =
  'correct the file, or import another one: tpks import FILE; nothing was imported';

export function invalidFileError(path: string, line: number, text: string): TpksError {
  return new TpksError('usage', `Cannot import ${path}, line ${String(line)}: ${text}`, {
    hint: importOtherHint,
  });
}

export interface OldTokens {
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
  readonly idToken?: string | undefined;
  readonly scope?: string | undefined;
  /** Lifetime when the token was issued. Used only if the access token is opaque. */
  readonly expiresInSeconds?: number | undefined;
}

/** What a file says about the owner of the tokens. Claims take precedence. */
interface OldOwner {
  /** The name in the file. */
  readonly label: string;
  readonly clientId: string | undefined;
  readonly hasUserId: boolean;
}

/** Reads the claims, because the names in the files are not reliable: `uaac` writes them in lower case. */
export function readOwner(
  tokens: OldTokens,
  { label, clientId: storedClientId, hasUserId }: OldOwner,
): Pick<OldSession, 'identity' | 'clientId' | 'grant' | 'tokenFormat'> {
  const accessClaims = readClaims(tokens.accessToken);
  const tokenClaims = accessClaims ?? (tokens.idToken ? readClaims(tokens.idToken) : undefined);
  const userName = readTextClaim(tokenClaims, 'user_name');
  const grantType = readTextClaim(tokenClaims, 'grant_type');
  const isUser =
    userName !== undefined ||
    hasUserId ||
    (tokenClaims === undefined && tokens.refreshToken !== undefined);
  const clientId = readTextClaim(tokenClaims, 'client_id') ?? readTextClaim(tokenClaims, 'cid');
  const tokenFormat = accessClaims === undefined ? 'opaque' : undefined;
  if (grantType === 'client_credentials' || !isUser) {
    const identity = clientId ?? storedClientId ?? label;
    return { identity, clientId: identity, grant: 'client_credentials', tokenFormat };
  }
  return {
    identity: userName ?? label,
    clientId: clientId ?? storedClientId ?? 'pks_cli',
    grant: toUserGrant(grantType, readTextClaim(tokenClaims, 'origin')),
    tokenFormat,
  };
}

/** The grant determines the login command in hints. A one-time code also has the grant `password`. */
function toUserGrant(
  grantType: string | undefined,
  origin: string | undefined,
): Exclude<GrantKind, 'client_credentials'> {
  if (grantType === 'authorization_code' || grantType === 'implicit') return grantType;
  return origin === undefined || passwordOrigins.includes(origin) ? 'password' : 'passcode';
}

/**
 * The times come from the claims, because `expires_in` is relative to an unknown issue time.
 * @param now - used as the issue time of an opaque token.
 */
export function readToken(tokens: OldTokens, now: Date): Token {
  const tokenClaims = readClaims(tokens.accessToken);
  const issuedAt = readPlausibleTime(tokenClaims, 'iat') ?? now;
  const expiresAt = readPlausibleTime(tokenClaims, 'exp');
  return toToken({
    ...tokens,
    expiresInSeconds:
      expiresAt === undefined
        ? tokens.expiresInSeconds
        : (expiresAt.getTime() - issuedAt.getTime()) / 1000,
    now: issuedAt,
  });
}

function readPlausibleTime(tokenClaims: Claims | undefined, name: string): Date | undefined {
  const time = readTimeClaim(tokenClaims, name);
  return time !== undefined && isPlausibleServerTime(time.getTime()) ? time : undefined;
}

/** When the access token expires, according to the server's clock. */
export function expiryOf({ issuedAt, lifetimeSeconds }: Token): Date {
  return new Date(issuedAt.getTime() + lifetimeSeconds * 1000);
}

/** Describes why a token counts as expired. A file may not contain the lifetime of an opaque token. */
export function describeExpiry(token: Token): string {
  return token.lifetimeSeconds === 0
    ? 'it is unknown when the access token expires'
    : `the access token expired at ${formatInstant(expiryOf(token))}`;
}

/** Whether the refresh token can still renew the session. Only the UAA knows whether it was revoked. */
export function canRenew({ refreshToken, refreshExpiresAt }: Token, now: Date): boolean {
  return refreshToken !== undefined && (refreshExpiresAt === undefined || refreshExpiresAt > now);
}

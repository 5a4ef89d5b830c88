import { readClaims, readTextClaim, readTimeClaim } from '../../auth/claims.js';
import type { Identities } from '../../config/settings.js';
import type { Context, Source } from '../../contexts/context.js';
import type { StoredSession } from '../../auth/session-file.js';
import { formatDetails } from '../../terminal/table.js';
import type { Span, View } from '../../terminal/terminal.js';
import type { ClockSkew } from '../../server-clock.js';
import { clockWarning } from '../../duration.js';
import { formatInstant, formatTime } from './format-time.js';

/** Result of checking the token with the API; printed as `token` in JSON. */
export type TokenCheck =
  | 'valid'
  | 'rejected'
  | 'no access to the API'
  | 'could not be verified'
  | 'not checked (--offline)'
  | 'not checked (no scope for the PKS API)';

export interface StatusInput {
  readonly context: Context;
  /** The contexts that PKS commands and `tpks uaa` use. */
  readonly identities: Identities;
  /** `undefined` if not logged in. */
  readonly stored: StoredSession | undefined;
  readonly tokenCheck: TokenCheck;
  /** Where the session is stored, for the user. */
  readonly storeDescription: string;
  /** Path of the plain-text copy of the session; `undefined` if the session has no copy. */
  readonly pksCredsPath: string | undefined;
  readonly now: Date;
  /** How far the server's clock is ahead of this machine's; `undefined` if unknown. */
  readonly clockOffsetSeconds: number | undefined;
  /** The same difference; `undefined` if it is too small to report. */
  readonly clockSkew: ClockSkew | undefined;
}

export function statusView(input: StatusInput): View {
  const { context, identities, stored, tokenCheck, storeDescription, pksCredsPath, now } = input;
  const { clockOffsetSeconds, clockSkew } = input;
  const details = readSessionDetails(context, stored);
  const serverNow = new Date(now.getTime() + (clockOffsetSeconds ?? 0) * 1000);
  const { sources } = context;
  const isApiKnown = context.isApiUnconfirmed !== true || tokenCheck === 'valid';
  const api = isApiKnown ? context.api : undefined;
  return {
    json: {
      context: context.name,
      identities: { pks: identities.pks ?? null, uaa: identities.uaa ?? null },
      identity: context.identity,
      grant: context.grant,
      clientId: context.clientId,
      origin: details.origin ?? null,
      api: api ?? null,
      uaa: context.uaa,
      tlsVerified: !context.skipTlsVerification,
      hasCaCert: context.caCert !== undefined,
      store: context.store,
      plainTextCopy: pksCredsPath ?? null,
      loggedIn: stored !== undefined,
      accessTokenExpiresAt:
        details.accessEnd === undefined ? null : formatInstant(details.accessEnd),
      refreshTokenExpiresAt:
        details.refreshEnd === undefined ? null : formatInstant(details.refreshEnd),
      refreshRejected: stored?.refreshRejectedAt !== undefined,
      scopes: details.scopes,
      clockOffsetSeconds: clockOffsetSeconds ?? null,
      token: tokenCheck,
      sources,
    },
    name: context.name,
    text: formatDetails([
      ['Context', `${context.name}${formatSource(sources.name)}`],
      ['PKS commands', identities.pks ?? 'no context'],
      ['tpks uaa', identities.uaa ?? 'no context'],
      ['User or client', `${context.identity}${formatSource(sources.identity)}`],
      ['Grant', `${context.grant} by client ${context.clientId}`],
      ['API', api === undefined ? 'none' : `${api}${formatSource(sources.api)}`],
      ['UAA', `${context.uaa}${formatSource(sources.uaa)}`],
      ['TLS', tlsSpan(context)],
      ['Session store', storeDescription],
      ...pksCredsRows(pksCredsPath),
      [
        'Access token expires',
        details.accessEnd ? formatTime(details.accessEnd, serverNow) : 'no token',
      ],
      ['Refresh token expires', formatRefreshEnd(details.refreshEnd, stored, serverNow)],
      ['Scopes', details.scopes.join(' ') || 'none'],
      ['Token', tokenCheckSpan(tokenCheck)],
      ...clockRows(clockSkew),
    ]),
  };
}

function readSessionDetails(context: Context, stored: StoredSession | undefined) {
  const access = stored === undefined ? undefined : readClaims(stored.accessToken);
  const refresh = stored?.refreshToken === undefined ? undefined : readClaims(stored.refreshToken);
  return {
    origin: context.origin ?? readTextClaim(access, 'origin'),
    accessEnd: stored === undefined ? undefined : new Date(stored.expiresAt),
    refreshEnd: readTimeClaim(refresh, 'exp'),
    scopes: (stored?.scope ?? '').split(' ').filter(Boolean),
  };
}

function formatSource(source: Source): string {
  return ` (${source})`;
}

function tlsSpan({ skipTlsVerification, caCert, sources }: Context): Span {
  if (skipTlsVerification) return { text: 'NOT verified (--skip-ssl-validation)', tone: 'bad' };
  return caCert === undefined
    ? 'verified with the system CAs'
    : `verified with the given CA${formatSource(sources.caCert)} and the system CAs`;
}

function formatRefreshEnd(
  end: Date | undefined,
  stored: StoredSession | undefined,
  now: Date,
): string {
  if (stored === undefined) return 'no token';
  if (stored.refreshRejectedAt !== undefined) return 'rejected by the UAA: log in again';
  if (stored.refreshToken === undefined) return 'no refresh token';
  return end === undefined ? 'unknown (opaque token)' : formatTime(end, now);
}

function pksCredsRows(path: string | undefined): readonly (readonly [string, Span])[] {
  return path === undefined ? [] : [['Plain-text copy', { text: path, tone: 'bad' }]];
}

function clockRows(skew: ClockSkew | undefined): readonly (readonly [string, Span])[] {
  if (skew === undefined) return [];
  return [['Clock', { text: `${clockWarning(skew)}: correct it`, tone: 'bad' }]];
}

function tokenCheckSpan(tokenCheck: TokenCheck): Span {
  if (tokenCheck === 'valid') return { text: 'accepted by the API', tone: 'good' };
  const isProblem = tokenCheck === 'rejected' || tokenCheck === 'no access to the API';
  return isProblem ? { text: tokenCheck, tone: 'bad' } : tokenCheck;
}

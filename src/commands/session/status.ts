import type { Command } from 'commander';
import { probeApi } from '../../api/pks/pks-api.js';
import type { Services } from '../../app/services.js';
import { type ClockSkew, formatClockWarning, formatInstant } from '../../base/clock.js';
import { isTpksError, type ErrorKind, type TpksError } from '../../base/errors.js';
import { readClaims, readTextClaim, readTimeClaim } from '../../domain/auth/claims.js';
import type { StoredSession } from '../../domain/auth/session-repository.js';
import type { Context, Source } from '../../domain/contexts/context.js';
import { isAllowed } from '../../domain/contexts/identity.js';
import { apiOf } from '../../domain/contexts/installation.js';
import type { Identities, Settings } from '../../platform/config/settings.js';
import { formatDetails, textOf, type Span } from '../../platform/terminal/lines.js';
import { fitDetails } from '../../platform/terminal/screen.js';
import type { View } from '../../platform/terminal/terminal.js';
import { formatTime } from '../format-time.js';
import { outputOption } from '../resource/list-command.js';

type Deps = Pick<
  Services,
  | 'terminal'
  | 'clock'
  | 'serverClock'
  | 'anyContext'
  | 'identities'
  | 'readScopes'
  | 'session'
  | 'settings'
  | 'logins'
  | 'pksSend'
  | 'pksCredsCopies'
>;

export const description =
  'Show the current installation, the contexts that PKS commands and `tpks uaa` use, and the ' +
  'remaining token lifetime, and check the token against the API. Exits with 0 if the token is ' +
  'valid or was not checked, 1 if it gives no access to the API, 4 if it is rejected or you are ' +
  'not logged in, 5 if it could not be checked.';

export const examples = { 'show the current context, and check its token': 'tpks status' };

export function define(command: Command, deps: Deps): void {
  command
    .option('--offline', 'do not check the token against the API')
    .addOption(outputOption('json', 'yaml', 'name'))
    .action(({ offline = false }: { offline?: boolean }) => status({ offline }, deps));
}

export async function status({ offline }: { offline: boolean }, deps: Deps): Promise<void> {
  const context = await deps.anyContext();
  const session = deps.session(context);
  const { check, failure } = offline
    ? { check: 'not checked (--offline)' as const }
    : await checkToken(context, deps);
  const stored = await session.readStored();
  const { pks, uaa } = await deps.identities();
  const isFromEnvironment = context.store === 'none' && context.pksCredsPath === undefined;
  const identities = {
    pks: context.store === 'none' ? context.name : pks,
    uaa: isFromEnvironment ? context.name : uaa,
  };
  const storeDescription = await deps.logins.describe(context.store);
  const pksCredsPath = await findPksCreds(context, deps);
  const { defaultStore } = await deps.settings.read();
  await deps.terminal.show(
    statusView({
      context,
      identities,
      stored,
      tokenCheck: check,
      storeDescription,
      defaultStore,
      pksCredsPath,
      now: deps.clock.now(),
      clockOffsetSeconds: deps.serverClock.offsetSeconds(),
      clockSkew: deps.serverClock.findSkew(),
    }),
  );
  if (failure !== undefined) throw failure;
}

/** Finds the plain-text copy of the session, or the file that the session was read from. */
async function findPksCreds(context: Context, deps: Deps): Promise<string | undefined> {
  if (context.store === 'none') return context.pksCredsPath;
  return context.pksCreds === undefined ? undefined : deps.pksCredsCopies.find(context);
}

interface CheckResult {
  readonly check: TokenCheck;
  /** Thrown after the status is shown, for the exit code. */
  readonly failure?: TpksError;
}

async function checkToken(context: Context, deps: Deps): Promise<CheckResult> {
  try {
    if (context.isApiUnconfirmed === true && context.store !== 'none') {
      const scopes = await deps.readScopes(context);
      if (scopes !== undefined && !isAllowed('pks', scopes)) {
        // Fails if the session has expired.
        await deps.session(context).accessToken();
        return { check: 'not checked (no scope for the PKS API)' };
      }
    }
    await probeApi(deps.pksSend(context), {
      api: apiOf(context),
      identity: context.identity,
      isClient: context.grant === 'client_credentials',
    });
    return { check: 'valid' };
  } catch (failure) {
    if (!isTpksError(failure)) throw failure;
    return { check: checksByErrorKind[failure.kind] ?? 'could not be verified', failure };
  }
}

const checksByErrorKind: Partial<Record<ErrorKind, TokenCheck>> = {
  unauthenticated: 'rejected',
  forbidden: 'no access to the API',
};

/** Result of checking the token with the API; printed as `token` in JSON. */
type TokenCheck =
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
  /** The default store for new contexts; `undefined` if it is the keychain. */
  readonly defaultStore: Settings['defaultStore'];
  /** Path of the plain-text copy of the session; `undefined` if the session has no copy. */
  readonly pksCredsPath: string | undefined;
  readonly now: Date;
  /** How far the server's clock is ahead of this machine's; `undefined` if unknown. */
  readonly clockOffsetSeconds: number | undefined;
  /** The clock difference to report; `undefined` if it is too small. */
  readonly clockSkew: ClockSkew | undefined;
}

export function statusView(input: StatusInput): View {
  const { context, identities, stored, tokenCheck, storeDescription, pksCredsPath, now } = input;
  const { defaultStore, clockOffsetSeconds, clockSkew } = input;
  const details = readSessionDetails(context, stored);
  const serverNow = new Date(now.getTime() + (clockOffsetSeconds ?? 0) * 1000);
  const { sources } = context;
  const isApiKnown = context.isApiUnconfirmed !== true || tokenCheck === 'valid';
  const api = isApiKnown ? context.api : undefined;
  const allRows: readonly (readonly [string, Span])[] = [
    ['Context', `${context.name}${formatSource(sources.name)}`],
    ['PKS commands', identities.pks ?? 'no context'],
    ['tpks uaa', identities.uaa ?? 'no context'],
    ['User or client', `${context.identity}${formatSource(sources.identity)}`],
    ['Grant', `${context.grant} by client ${context.clientId}`],
    ['Client key', context.clientKeyFile ?? ''],
    ['API', api === undefined ? 'none' : `${api}${formatSource(sources.api)}`],
    ['UAA', `${context.uaa}${formatSource(sources.uaa)}`],
    ['TLS', tlsSpan(context)],
    ['Session store', storeDescription],
    ['Default store', defaultStore === undefined ? '' : `${defaultStore} (${keychainHint})`],
    ['Plain-text copy', { text: pksCredsPath ?? '', tone: 'bad' }],
    [
      'Access token expires',
      details.accessEnd ? formatTime(details.accessEnd, serverNow) : 'no token',
    ],
    ['Refresh token expires', formatRefreshEnd(details.refreshEnd, stored, serverNow)],
    ['Scopes', details.scopes.join(' ') || 'none'],
    ['Token', tokenCheckSpan(tokenCheck)],
    [
      'Clock',
      { text: clockSkew ? `${formatClockWarning(clockSkew)}: correct it` : '', tone: 'bad' },
    ],
  ];
  const rows = allRows.filter(([, value]) => textOf(value) !== '');
  return {
    json: {
      context: context.name,
      identities: { pks: identities.pks ?? null, uaa: identities.uaa ?? null },
      identity: context.identity,
      grant: context.grant,
      clientId: context.clientId,
      clientKeyFile: context.clientKeyFile ?? null,
      origin: details.origin ?? null,
      api: api ?? null,
      uaa: context.uaa,
      tlsVerified: !context.skipTlsVerification,
      hasCaCert: context.caCert !== undefined,
      store: context.store,
      defaultStore,
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
    text: formatDetails(rows),
    screen: (width) => fitDetails(rows, width),
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

const keychainHint = 'to use the keychain again: tpks login --store keychain';

function tokenCheckSpan(tokenCheck: TokenCheck): Span {
  if (tokenCheck === 'valid') return { text: 'accepted by the API', tone: 'good' };
  const isProblem = tokenCheck === 'rejected' || tokenCheck === 'no access to the API';
  return isProblem ? { text: tokenCheck, tone: 'bad' } : tokenCheck;
}

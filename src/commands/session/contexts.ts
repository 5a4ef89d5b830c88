import type { Command } from 'commander';
import type { Services } from '../../app/services.js';
import { formatDuration, formatInstant } from '../../base/clock.js';
import { isTpksError } from '../../base/errors.js';
import type { StoredSession } from '../../domain/auth/session-repository.js';
import { readClaims, readTimeClaim } from '../../domain/auth/token.js';
import type { ContextSettings } from '../../platform/config/settings.js';
import type { Span } from '../../platform/terminal/lines.js';
import { formatTimeOfDay } from '../format-time.js';
import { listCommand, type ListCommand } from '../resource/list-command.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'sessions' | 'identities' | 'clock'>;

type ContextRow = Awaited<ReturnType<typeof readContexts>>[number];

/** The JSON fields that `tpks contexts` and `tpks uaa contexts` have in common. */
export const contextFields = [
  'name',
  'current',
  'currentUaa',
  'api',
  'uaa',
  'clientId',
  'identity',
  'grant',
  'origin',
  'store',
  'hasCaCert',
  'isPublicClient',
  'pksCreds',
  'scope',
  'tokenFormat',
  'skipTlsVerification',
];

const contextList = ({ clock }: Deps): ListCommand<ContextRow, unknown> => ({
  description:
    'List the contexts. A context is one identity (a user or a UAA client) at one installation; ' +
    '* marks the context that PKS commands use, u the one that `tpks uaa` uses.',
  examples: ['contexts', 'contexts -o name'],
  noun: 'context',
  fields: [...contextFields, 'loggedIn', 'loggedInUntil'],
  emptyLine: 'No contexts yet. Create one: tpks login -a api.example.com',
  read: readContexts,
  columns: [
    { head: '', cell: ({ current, currentUaa }) => (current ? '*' : '') + (currentUaa ? 'u' : '') },
    { head: 'Name', cell: ({ name }) => name },
    { head: 'User or client', cell: ({ identity }) => identity },
    { head: 'API', cell: ({ api }) => api ?? '' },
    { head: 'UAA', cell: ({ uaa }) => uaa },
    { head: 'TLS', cell: verificationSpan },
    { head: 'Store', cell: ({ store }) => store },
    { head: 'Logged in', cell: (row) => formatLoginState(row, clock.now()) },
  ],
  nameOf: ({ name }) => name,
});

export function define(command: Command, services: Services): void {
  listCommand(contextList(services)).define(command, services);
}

async function readContexts(deps: Deps) {
  const [settings, { pks, uaa }] = await Promise.all([deps.settings.read(), deps.identities()]);
  return Promise.all(
    Object.entries(settings.contexts).map(async ([name, context]) => ({
      name,
      current: name === pks,
      currentUaa: name === uaa,
      ...contextJson({ ...context, ...(await readLoginState(name, context, deps)) }),
    })),
  );
}

/** Formats for a table whether the server's certificate is verified. */
export function verificationSpan({
  skipTlsVerification,
}: {
  readonly skipTlsVerification: boolean;
}): Span {
  return skipTlsVerification ? { text: 'not verified', tone: 'bad' } : 'verified';
}

/** If the store cannot be read, prints a warning and assumes that the context is logged in. */
async function readLoginState(
  name: string,
  context: ContextSettings,
  { terminal, sessions, clock }: Deps,
): Promise<LoginState> {
  try {
    const stored = await sessions.load({ ...context, name });
    return findLoginState(stored, context.grant, clock.now());
  } catch (error) {
    if (!isTpksError(error)) throw error;
    if (error.kind === 'unauthenticated') return loggedOut;
    terminal.warn(`cannot check whether the sessions have ended: ${error.message}`);
    return { loggedIn: true, loggedInUntil: null };
  }
}

/** Returns a context as printed in JSON, without the CA and the details of session storage. */
export function contextJson<Context extends ContextSettings>({ caCert, ...context }: Context) {
  return {
    ...context,
    sessionId: undefined,
    otherStore: undefined,
    hasCaCert: caCert !== undefined,
  };
}

/** Whether a context can be used without a new login; printed in JSON. */
interface LoginState {
  readonly loggedIn: boolean;
  /**
   * Expiry time of a session that cannot be renewed, in ISO 8601, by this machine's clock. `null` if the
   * session can be renewed, was rejected, or does not exist.
   */
  readonly loggedInUntil: string | null;
}

const loggedOut: LoginState = { loggedIn: false, loggedInUntil: null };

/** Determines without a request whether a session can still be used. */
export function findLoginState(
  session: StoredSession | undefined,
  grant: ContextSettings['grant'],
  now: Date,
): LoginState {
  if (session === undefined || session.refreshRejectedAt !== undefined) return loggedOut;
  // Tokens expire by the server's clock.
  const offset = session.clockOffsetSeconds * 1000;
  const renewalEnd = findRenewalEnd(session, grant) - offset;
  if (renewalEnd > now.getTime()) return { loggedIn: true, loggedInUntil: null };
  const end = new Date(Math.max(Date.parse(session.expiresAt) - offset, renewalEnd));
  return { loggedIn: end > now, loggedInUntil: formatInstant(end) };
}

/**
 * Returns the time until which a session can be renewed, in milliseconds since the epoch; 0 if it cannot be
 * renewed at all, and infinity if the time is unknown.
 */
function findRenewalEnd(
  { refreshToken, clientSecret }: StoredSession,
  grant: ContextSettings['grant'],
): number {
  const credential = grant === 'client_credentials' ? clientSecret : refreshToken;
  if (credential === undefined) return 0;
  // The expiry of a secret or of an opaque refresh token is unknown, so it counts as valid.
  return readTimeClaim(readClaims(credential), 'exp')?.getTime() ?? Number.POSITIVE_INFINITY;
}

/** Formats a login state for a table, with the local time, e.g. `until 07:23` or `expired 7 min ago`. */
export function formatLoginState({ loggedIn, loggedInUntil }: LoginState, now: Date): string {
  if (loggedInUntil === null) return loggedIn ? 'yes' : 'no';
  const end = new Date(loggedInUntil);
  if (loggedIn) return `until ${formatTimeOfDay(end, now, 'minutes')}`;
  const seconds = Math.round((now.getTime() - end.getTime()) / 1000);
  return `expired ${formatDuration(seconds < 60 ? seconds : seconds - (seconds % 60))} ago`;
}

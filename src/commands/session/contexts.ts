import type { Services } from '../../app/services.js';
import { isTpksError } from '../../base/errors.js';
import { formatApi } from '../../domain/contexts/installation.js';
import type { ContextSettings } from '../../platform/config/settings.js';
import type { Span } from '../../platform/terminal/lines.js';
import { formatRelativeTime } from '../format-time.js';
import { listCommand } from '../resource/list-command.js';
import { type LoginState, loggedOut, findLoginState, formatLoginState } from './login-state.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'sessions' | 'identities' | 'clock'>;

type ContextRow = Awaited<ReturnType<typeof readContexts>>[number];

/** The JSON fields that contexts in `tpks contexts` and `tpks uaa contexts` can lack. */
export const optionalContextFields = [
  'origin',
  'isPublicClient',
  'clientKeyFile',
  'pksCreds',
  'scope',
];

export const { description, examples, define } = listCommand<ContextRow, unknown>({
  description:
    'List the contexts. A context is one identity (a user or a UAA client) at one installation. ' +
    '* marks the context that PKS commands use, and u the one that `tpks uaa` uses.',
  examples: {
    'list the contexts': 'tpks contexts',
    'print only the names, for scripts': 'tpks contexts -o name',
  },
  noun: 'context',
  optionalFields: optionalContextFields,
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
    { head: 'Logged in', cell: formatLoginState },
  ],
  terminalColumns: [
    { head: 'Name', cell: ({ name }) => name },
    { head: 'Status', key: 'logged-in', cell: formatStatus, rank: 1, isWhole: true },
    {
      head: 'Current for',
      cell: ({ current, currentUaa }) => formatRoles({ pks: current, uaa: currentUaa }),
      rank: 2,
    },
    { head: 'Identity', key: 'user-or-client', cell: ({ identity }) => identity, rank: 4 },
    {
      head: 'API',
      cell: ({ api }) => (api === undefined ? '' : formatApi(api)),
      rank: 3,
      isWhole: true,
    },
    { head: 'TLS', cell: verificationSpan },
    { head: 'Store', cell: ({ store }) => store, rank: 7 },
    { head: 'UAA', cell: ({ uaa }) => uaa, wide: true },
  ],
  nameOf: ({ name }) => name,
});

/** Formats the roles for which a context is current. */
function formatRoles(roles: { readonly pks: boolean; readonly uaa: boolean }): string {
  return (['pks', 'uaa'] as const).filter((role) => roles[role]).join(', ');
}

/** Formats `logged in`, `logged out`, or for a session that cannot be renewed `expires in 10 h` or `expired 7m ago`. */
export function formatStatus({ loggedIn, loggedInUntil }: LoginState, now: Date): Span {
  const tone = loggedIn ? 'good' : 'bad';
  if (loggedInUntil === null) return { text: loggedIn ? 'logged in' : 'logged out', tone };
  const distance = formatRelativeTime(new Date(loggedInUntil), now);
  return { text: `${loggedIn ? 'expires' : 'expired'} ${distance}`, tone };
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
    return findLoginState(stored, context, clock.now());
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

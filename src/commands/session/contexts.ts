import type { ContextSettings } from '../../config/settings.js';
import { currentUaaContext } from '../../contexts/targets.js';
import { isTpksError } from '../../errors.js';
import type { Services } from '../../services.js';
import type { Span } from '../../terminal/terminal.js';
import { listCommand } from '../resource/list-command.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'sessionStore'>;

export const { define } = listCommand({
  description:
    'List the contexts: one identity at one installation each. * marks the current context.',
  examples: ['contexts', 'contexts -o name'],
  noun: 'context',
  empty: 'There are no contexts yet. Create one: tpks login -a api.example.com',
  read: readContexts,
  columns: [
    // `*` marks the context of the PKS commands, `u` that of `tpks uaa` if it is another one.
    { head: '', cell: ({ current, currentUaa }) => (current ? '*' : currentUaa ? 'u' : '') },
    { head: 'Name', cell: ({ name }) => name },
    { head: 'User or client', cell: ({ identity }) => identity },
    { head: 'API', cell: ({ api }) => api ?? '' },
    { head: 'UAA', cell: ({ uaa }) => uaa },
    { head: 'TLS', cell: verification },
    { head: 'Store', cell: ({ store }) => store },
    { head: 'Logged in', cell: ({ loggedIn }) => (loggedIn ? 'yes' : 'no') },
  ],
  nameOf: ({ name }) => name,
});

async function readContexts(deps: Deps) {
  const settings = await (await deps.settings()).read();
  const currentUaa = currentUaaContext(settings);
  return Promise.all(
    Object.entries(settings.contexts).map(async ([name, context]) => ({
      name,
      current: name === settings.current,
      currentUaa: name === currentUaa,
      ...contextJson({ ...context, loggedIn: await isLoggedIn(name, context, deps) }),
    })),
  );
}

/** How tables show whether a server's certificate is verified. */
export function verification({
  skipTlsVerification,
}: {
  readonly skipTlsVerification: boolean;
}): Span {
  return skipTlsVerification ? { text: 'not verified', tone: 'bad' } : 'verified';
}

/** Whether there is a session that has not ended. If the store cannot be read, it may have ended. */
async function isLoggedIn(
  name: string,
  context: ContextSettings,
  { terminal, sessionStore }: Deps,
): Promise<boolean> {
  const store = await sessionStore(name, context);
  if (!(await store.exists())) return false;
  try {
    const session = await store.read();
    return session !== undefined && session.refreshRejectedAt === undefined;
  } catch (error) {
    if (!isTpksError(error)) throw error;
    if (error.kind === 'unauthenticated') return false;
    terminal.warn(`sessions may have ended: ${error.message}`);
    return true;
  }
}

/** A context for JSON output, without the CA and the details of session storage. */
export function contextJson<Context extends ContextSettings>({ caCert, ...context }: Context) {
  return {
    ...context,
    sessionId: undefined,
    otherStore: undefined,
    hasCaCert: caCert !== undefined,
  };
}

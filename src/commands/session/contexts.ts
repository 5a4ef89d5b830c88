import type { Command } from 'commander';
import type { ContextSettings } from '../../config/settings.js';
import { currentUaaContext } from '../../contexts/targets.js';
import { isTpksError } from '../../errors.js';
import type { Services } from '../../services.js';
import { table } from '../../terminal/table.js';
import { contextJson } from '../context-json.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'sessionStore'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'List the contexts: one identity at one installation each. * marks the current context.',
    )
    .addHelpText('after', '\nExample:\n  $ tpks contexts')
    .action(() => contexts(deps));
}

export async function contexts(deps: Deps): Promise<void> {
  const { terminal } = deps;
  const settings = await (await deps.settings()).read();
  const { current } = settings;
  const currentUaa = currentUaaContext(settings);
  const entries = await Promise.all(
    Object.entries(settings.contexts).map(async ([name, context]) => {
      const loggedIn = await isLoggedIn(name, context, deps);
      return [name, { ...context, loggedIn }] as const;
    }),
  );
  await terminal.show({
    json: entries.map(([name, context]) => ({
      name,
      current: name === current,
      currentUaa: name === currentUaa,
      ...contextJson(context),
    })),
    text:
      entries.length === 0
        ? ['There are no contexts yet. Create one: tpks login -a api.example.com']
        : table(
            ['', 'Name', 'User or client', 'API', 'UAA', 'TLS', 'Store', 'Logged in'],
            entries.map(([name, context]) => [
              marks(name === current, name === currentUaa),
              name,
              context.identity,
              context.api ?? '',
              context.uaa,
              context.skipTlsVerification ? { text: 'not verified', tone: 'bad' } : 'verified',
              context.store,
              context.loggedIn ? 'yes' : 'no',
            ]),
          ),
  });
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

/** `*` marks the context of the PKS commands, `u` that of `tpks uaa` if it is another one. */
function marks(isCurrent: boolean, isCurrentUaa: boolean): string {
  return isCurrent ? '*' : isCurrentUaa ? 'u' : '';
}

import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { contextJson } from '../context-json.js';
import { table } from '../../terminal/table.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'sessionStore'>;

export function define(command: Command, deps: Deps): void {
  command
    .description('Lists the contexts: one identity at one installation each. * marks the current.')
    .addHelpText('after', '\nExample:\n  $ tpks contexts')
    .action(() => contexts(deps));
}

export async function contexts({ terminal, settings, sessionStore }: Deps): Promise<void> {
  const { contexts: all, current, currentUaa } = await (await settings()).read();
  const entries = await Promise.all(
    Object.entries(all).map(async ([name, context]) => {
      const loggedIn = await (await sessionStore(name, context)).exists();
      return [name, { ...context, loggedIn }] as const;
    }),
  );
  await terminal.show({
    json: entries.map(([name, context]) => ({
      name,
      current: name === current,
      currentUaa: name === (currentUaa ?? current),
      ...contextJson(context),
    })),
    text:
      entries.length === 0
        ? ['There are no contexts yet. Make one: tpks login -a api.example.com']
        : table(
            ['', 'Name', 'User or client', 'API', 'UAA', 'TLS', 'Store', 'Logged in'],
            entries.map(([name, context]) => [
              marks(name === current, name === (currentUaa ?? current)),
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

/** `*` is where PKS commands go, `u` where `tpks uaa` goes when that is somewhere else. */
function marks(isCurrent: boolean, isCurrentUaa: boolean): string {
  return isCurrent ? '*' : isCurrentUaa ? 'u' : '';
}

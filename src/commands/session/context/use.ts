import type { Command } from 'commander';
import { findPreviousContext, withCurrentContext } from '../../../contexts/current-context.js';
import { findContext } from '../../../contexts/find-context.js';
import type { Services } from '../../../services.js';
import { contextName } from '../context-name.js';

type Deps = Pick<Services, 'terminal' | 'settings'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Set the current context, which PKS commands use without --context. With -, switch to the ' +
        'previous context.',
    )
    .addArgument(contextName(deps, '<name>', 'name from `tpks contexts`, identity, or -'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ tpks context use cody@localhost\n  $ tpks context use -',
    )
    .action((name: string) => use({ name }, deps));
}

export async function use({ name }: { name: string }, deps: Deps): Promise<void> {
  const file = await deps.settings();
  const { current } = await file.update((settings) =>
    withCurrentContext(
      settings,
      name === '-' ? findPreviousContext(settings) : findContext(name, settings),
    ),
  );
  await deps.terminal.show({
    json: { current },
    text: [`The current context is now ${current ?? name}`],
  });
}

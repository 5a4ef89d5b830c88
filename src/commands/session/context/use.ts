import type { Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import { contextName } from '../context-name.js';

type Deps = Pick<Services, 'terminal' | 'settings'>;

export function define(command: Command, deps: Deps): void {
  command
    .description('Makes a context the one that PKS commands use from now on.')
    .addArgument(contextName(deps))
    .addHelpText('after', '\nExample:\n  $ tpks context use cody@localhost')
    .action((name: string) => use({ name }, deps));
}

export async function use({ name }: { name: string }, deps: Deps): Promise<void> {
  const file = await deps.settings();
  await file.update((settings) => {
    if (!Object.hasOwn(settings.contexts, name)) throw unknownContext(name);
    return { ...settings, current: name };
  });
  await deps.terminal.show({
    json: { current: name },
    text: [`The current context is now ${name}`],
  });
}

export function unknownContext(name: string): TpksError {
  return new TpksError('notFound', `There is no context named ${name}`, {
    hint: 'tpks contexts lists them',
  });
}

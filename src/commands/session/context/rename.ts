import type { Command } from 'commander';
import { findContext } from '../../../contexts/find-context.js';
import type { Services } from '../../../services.js';
import { contextName } from '../context-name.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'renameContext'>;

export function define(command: Command, deps: Deps): void {
  command
    .description('Rename a context. Its session stays valid.')
    .addArgument(contextName(deps))
    .argument('<new-name>', 'new name of the context')
    .addHelpText('after', '\nExample:\n  $ tpks context rename cody@localhost sandbox')
    .action((name: string, newName: string) => rename({ name, newName }, deps));
}

export async function rename(input: { name: string; newName: string }, deps: Deps): Promise<void> {
  const { newName } = input;
  const name = findContext(input.name, await (await deps.settings()).read());
  await deps.renameContext(name, newName);
  await deps.terminal.show({
    json: { old: name, new: newName },
    text: [`Renamed context ${name} to ${newName}`],
  });
}

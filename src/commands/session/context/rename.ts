import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { contextName } from '../context-name.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'contextMoves'>;

export function define(command: Command, deps: Deps): void {
  command
    .description('Gives a context another name; its session stays valid.')
    .addArgument(contextName(deps))
    .argument('<new-name>', 'the name it shall have')
    .addHelpText('after', '\nExample:\n  $ tpks context rename cody@localhost sandbox')
    .action((name: string, newName: string) => rename({ name, newName }, deps));
}

export async function rename(
  { name, newName }: { name: string; newName: string },
  deps: Deps,
): Promise<void> {
  await (await deps.contextMoves()).rename(name, newName);
  await deps.terminal.show({
    json: { old: name, new: newName },
    text: [`Context ${name} is now ${newName}`],
  });
}

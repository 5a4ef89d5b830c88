import type { Command } from 'commander';
import { findContext } from '../../../contexts/find-context.js';
import type { Services } from '../../../services.js';
import { contextName } from '../context-name.js';
import { logoutAll } from '../logout.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'logouts' | 'clusterNames'>;

export function define(command: Command, deps: Deps): void {
  command
    .description('Log out of a context and delete everything that tpks stores about it.')
    .addArgument(contextName(deps))
    .addHelpText('after', '\nExample:\n  $ tpks context delete cody@localhost')
    .action((name: string) => deleteContext({ name }, deps));
}

export async function deleteContext(input: { name: string }, deps: Deps): Promise<void> {
  const settings = await (await deps.settings()).read();
  const name = findContext(input.name, settings);
  const { failure } = await logoutAll([name], deps);
  if (failure !== undefined) throw failure;
  await (await deps.logouts()).removeContext(name);
  const isCurrent = name === settings.current;
  const none = isCurrent
    ? ['There is now no current context. To set one: tpks context use NAME']
    : [];
  await deps.terminal.show({
    json: { deleted: name },
    text: [`Deleted context ${name}`, ...none],
    namesCommands: true,
  });
}

import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { contextName } from '../context-name.js';
import { logoutAll } from '../logout.js';
import { unknownContext } from './use.js';

type Deps = Pick<Services, 'terminal' | 'settings' | 'logouts' | 'clusterNames'>;

export function define(command: Command, deps: Deps): void {
  command
    .description('Ends the session of a context, deletes what is stored of it, and forgets it.')
    .addArgument(contextName(deps))
    .addHelpText('after', '\nExample:\n  $ tpks context delete cody@localhost')
    .action((name: string) => deleteContext({ name }, deps));
}

export async function deleteContext({ name }: { name: string }, deps: Deps): Promise<void> {
  const { contexts, current } = await (await deps.settings()).read();
  if (!Object.hasOwn(contexts, name)) throw unknownContext(name);
  const { failure } = await logoutAll([name], deps);
  if (failure !== undefined) throw failure;
  await (await deps.logouts()).forget(name);
  const none = name === current ? ['No context is the current one now: tpks context use NAME'] : [];
  await deps.terminal.show({
    json: { deleted: name },
    text: [`Context ${name} is deleted`, ...none],
  });
}

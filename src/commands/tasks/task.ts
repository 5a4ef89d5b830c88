import type { Command } from 'commander';
import type { Services } from '../../services.js';
import type { NameDeps } from '../known-names.js';
import { localTimes } from '../local-time.js';
import { taskId } from './task-id.js';
import { taskDetails } from './task-view.js';

type Deps = Pick<Services, 'terminal' | 'tasks'>;

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description('Shows a task: how it stands, and how each of its clusters does.')
    .addArgument(taskId(deps))
    .addHelpText(
      'after',
      '\nExample; tpks tasks shows the ids:\n  $ tpks task d772aba0-2670-4fba-b26c-044b19d6ab60',
    )
    .action((id: string) => task({ id }, deps));
}

export async function task({ id }: { id: string }, deps: Deps): Promise<void> {
  const service = await deps.tasks();
  const found = await service.get(id);
  await deps.terminal.show({ json: found, text: taskDetails(found, localTimes('---')), indent: 3 });
}

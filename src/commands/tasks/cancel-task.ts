import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import type { NameDeps } from '../known-names.js';
import { localTimes } from '../local-time.js';
import { taskId } from './task-id.js';
import { taskDetails } from './task-view.js';

type Deps = Pick<Services, 'terminal' | 'tasks'>;

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description(
      'Cancels a task: clusters whose upgrade has not begun are left out of it. What runs goes on ' +
        'to its end.',
    )
    .addArgument(taskId(deps))
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      '\nExample; tpks tasks shows the ids:\n  $ tpks cancel-task d772aba0-2670-4fba-b26c-044b19d6ab60',
    )
    .action((id: string, flags: Writing) =>
      showingDryRun(() => cancelTask({ id, ...flags }, deps), deps),
    );
}

/** Shows the task as it is then. */
export async function cancelTask(
  { id, dryRun }: Writing & { readonly id: string },
  deps: Deps,
): Promise<void> {
  const service = await deps.tasks({ dryRun });
  const left = await service.cancel(id);
  await deps.terminal.show({ json: left, text: taskDetails(left, localTimes('---')), indent: 3 });
}

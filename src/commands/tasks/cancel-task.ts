import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import { nameArgument, type NameDeps } from '../known-names.js';
import { outputOption } from '../resource/output-option.js';
import { taskDetails, taskId } from './tasks.js';

type Deps = Pick<Services, 'terminal' | 'tasks'>;

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description(
      'Cancel a task: clusters whose upgrade has not started are removed from it. Upgrades that ' +
        'have started continue.',
    )
    .addArgument(nameArgument(taskId, deps))
    .addOption(dryRunOption())
    .addOption(outputOption('json', 'yaml', 'name'))
    .addHelpText(
      'after',
      '\nExample; tpks tasks shows the ids:\n  $ tpks cancel-task d772aba0-2670-4fba-b26c-044b19d6ab60',
    )
    .action((id: string, flags: Writing) =>
      showingDryRun(() => cancelTask({ id, ...flags }, deps), deps),
    );
}

/** Cancels a task and shows what is left of it. */
export async function cancelTask(
  { id, dryRun }: Writing & { readonly id: string },
  deps: Deps,
): Promise<void> {
  const service = await deps.tasks({ dryRun });
  const left = await service.cancel(id);
  await deps.terminal.show({ json: left, text: taskDetails(left), indent: 3, name: left.uuid });
}

import type { Command } from 'commander';
import { TpksError } from '../../../errors.js';
import { addFileOptions, type FileFlags } from './options.js';
import { planView } from './plan-view.js';
import { planFor, type PlanInput, type PlanningDeps } from './planning.js';

interface Flags extends FileFlags {
  readonly exitCode?: boolean;
}

export function define(command: Command, deps: PlanningDeps): void {
  addFileOptions(command)
    .description(
      'Shows what uaa apply would do to make the UAA as a file says: + adds, ~ changes, - takes ' +
        'away. Changes nothing, and needs none of the secrets that the file points at.',
    )
    .option('--exit-code', 'exit 3 when there are changes, 0 when there are none')
    .addHelpText('after', '\nExample:\n  $ tpks uaa plan -f access.yml --exit-code')
    .action(({ file, prune = false, exitCode = false }: Flags) =>
      plan({ path: file, prune, exitCode }, deps),
    );
}

interface Input extends PlanInput {
  readonly exitCode: boolean;
}

/** Shows what would change. @throws {TpksError} `changes` where that is asked for */
export async function plan({ exitCode, ...input }: Input, deps: PlanningDeps): Promise<void> {
  const planned = await planFor(input, deps);
  await deps.terminal.show(planView(planned));
  for (const { line, text } of planned.missing) {
    deps.terminal.warn(`${planned.path}, line ${String(line)}: ${text}; uaa apply needs it`);
  }
  if (exitCode && planned.changes.length > 0) throw new TpksError('changes', 'There are changes');
}

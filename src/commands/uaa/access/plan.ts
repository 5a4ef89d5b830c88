import type { Command } from 'commander';
import type { PlanInput } from '../../../access/plan.js';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import { addFileOptions, type FileFlags } from './options.js';
import { planView } from './plan-view.js';

type Deps = Pick<Services, 'terminal' | 'access'>;

interface Flags extends FileFlags {
  readonly exitCode?: boolean;
}

export function define(command: Command, deps: Deps): void {
  addFileOptions(command)
    .description(
      'Show the changes that uaa apply would make so that the UAA matches a file: + adds, ' +
        '~ changes, - removes. Changes nothing, and does not need the secrets that the file refers to.',
    )
    .option('--exit-code', 'exit 3 if there are changes, 0 if there are none')
    .addHelpText('after', '\nExample:\n  $ tpks uaa plan -f access.yml --exit-code')
    .action(({ file, prune = false, exitCode = false }: Flags) =>
      showPlan({ path: file, prune, exitCode }, deps),
    );
}

interface Input extends PlanInput {
  readonly exitCode: boolean;
}

/** Shows the changes of a plan. @throws {TpksError} `changes` with `exitCode` and any change */
export async function showPlan({ exitCode, ...input }: Input, deps: Deps): Promise<void> {
  const access = await deps.access();
  const planned = await access.plan(input);
  await deps.terminal.show(planView(planned));
  for (const { line, text } of planned.missing) {
    deps.terminal.warn(`${planned.path}, line ${String(line)}: ${text}; uaa apply needs it`);
  }
  if (exitCode && planned.changes.length > 0) throw new TpksError('changes', 'There are changes');
}

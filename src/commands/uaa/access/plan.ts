import type { Command } from 'commander';
import type { PlanInput } from '../../../access/plan.js';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import { toFileInput } from '../../stdin-inputs.js';
import { addFileOptions, type FileFlags } from './file-options.js';
import { planView } from './plan-view.js';
import { warnAboutUnmanaged } from './unmanaged-members.js';

type Deps = Pick<Services, 'terminal' | 'access'>;

interface Flags extends FileFlags {
  readonly exitCode?: boolean;
}

export function define(command: Command, deps: Deps): void {
  addFileOptions(command)
    .description(
      'Show the changes that `tpks uaa apply` would make so that the UAA matches an access file: + add, ' +
        '~ change, - remove. Does not need the secrets that the file refers to. Requires the scopes ' +
        'scim.read and, for clients, clients.read.',
    )
    .option('--exit-code', 'exit with 3 if there are changes')
    .addHelpText('after', '\nExample:\n  $ tpks uaa plan -f access.yml --exit-code')
    .action(({ file, prune = false, exitCode = false }: Flags) =>
      showPlan({ file: toFileInput(file, '--file', deps.terminal), prune, exitCode }, deps),
    );
}

interface Input extends PlanInput {
  readonly exitCode: boolean;
}

/**
 * Shows the changes that make the UAA match an access file.
 * @throws {TpksError} `changes` if `exitCode` is set and there are changes.
 */
export async function showPlan({ exitCode, ...input }: Input, deps: Deps): Promise<void> {
  const access = await deps.access();
  const result = await access.plan(input);
  await deps.terminal.show(planView(result));
  warnAboutUnmanaged(result.unmanaged, deps.terminal);
  for (const { line, text } of result.missingSecrets) {
    deps.terminal.warn(`${result.path}, line ${String(line)}: ${text}; uaa apply needs it`);
  }
  if (exitCode && result.changes.length > 0) throw new TpksError('changes', 'There are changes');
}

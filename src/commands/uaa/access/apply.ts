import type { Command } from 'commander';
import { reworded, TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import { confirm } from '../../confirm.js';
import { problemsOf } from '../../input-file.js';
import { appliedView } from './applied-view.js';
import { carryOut, type WritingDeps } from './carry-out.js';
import { addFileOptions, type FileFlags } from './options.js';
import { planTexts } from './plan-view.js';
import { planFor, type Plan, type PlanInput, type PlanningDeps } from './planning.js';

type Deps = PlanningDeps & WritingDeps & Pick<Services, 'options'>;

interface Flags extends FileFlags {
  readonly yes?: boolean;
}

export function define(command: Command, deps: Deps): void {
  addFileOptions(command)
    .description(
      'Makes the UAA as a file says: shows what that takes, asks, and does it. The file is checked ' +
        'whole before the first write. What fails half way goes on when it is run again; once all ' +
        'is done, another run sends no write.',
    )
    .option('-y, --yes', 'do it without asking')
    .addHelpText('after', '\nExample:\n  $ tpks uaa apply -f access.yml --yes')
    .action(({ file, prune = false, yes = false }: Flags) =>
      apply({ path: file, prune, yes }, deps),
    );
}

interface Input extends PlanInput {
  /** Nobody is asked. */
  readonly yes: boolean;
}

/** Makes a UAA as a file says. @throws {TpksError} of the kind of the change that failed */
export async function apply({ yes, ...input }: Input, deps: Deps): Promise<void> {
  const plan = await planFor(input, deps);
  if (plan.missing.length > 0) throw problemsOf(plan.path, plan.missing);
  if (plan.changes.length > 0) {
    for (const line of planTexts(plan)) deps.terminal.note(line);
    if (!yes) await agree(plan, deps);
  }
  const progress = await carryOut(plan, deps);
  await deps.terminal.show(appliedView(plan, progress));
  if (progress.failure !== undefined) throw stopped(progress.failure, progress.done, plan);
}

/** @throws {TpksError} `failed` when somebody says no */
async function agree({ changes }: Plan, deps: Deps): Promise<void> {
  const these = changes.length === 1 ? 'this change' : `these ${String(changes.length)} changes`;
  const withoutAsking = 'add --yes to go on without the question';
  if (await confirm(`Make ${these}? (y/n): `, deps, withoutAsking)) return;
  throw new TpksError('failed', 'Nothing was changed: the answer was not yes', {
    hint: withoutAsking,
  });
}

/** The failure of one change, as that of the whole. */
function stopped(error: TpksError, done: number, { changes }: Plan): TpksError {
  const count = `${String(done)} of ${String(changes.length)} changes`;
  const goesOn = 'once that is mended, the same command goes on with the rest';
  return reworded(error, {
    message: `Stopped after ${count}: ${error.message}`,
    hint: error.hint === undefined ? goesOn : `${error.hint}\n${goesOn}`,
  });
}

import type { Command } from 'commander';
import type { Progress } from '../../../access/apply.js';
import type { Plan, PlanInput } from '../../../access/plan.js';
import { exitCodes, reworded, TpksError } from '../../../errors.js';
import { problemsError } from '../../../input/problems.js';
import type { Services } from '../../../services.js';
import { confirm } from '../../confirm.js';
import { addFileOptions, type FileFlags } from './options.js';
import { appliedView, planLines } from './plan-view.js';

type Deps = Pick<Services, 'terminal' | 'options' | 'access'>;

interface Flags extends FileFlags {
  readonly yes?: boolean;
}

export function define(command: Command, deps: Deps): void {
  addFileOptions(command)
    .description(
      'Show the changes that make the UAA match a file, ask for confirmation (unless --yes), and ' +
        'apply them, up to 16 at the same time. The file is checked before the first write. After a ' +
        'failure no further change is started; running the same command again applies the rest.',
    )
    .option('-y, --yes', 'do not ask for confirmation')
    .addHelpText('after', '\nExample:\n  $ tpks uaa apply -f access.yml --yes')
    .action(({ file, prune = false, yes = false }: Flags) =>
      applyAccessFile({ path: file, prune, yes }, deps),
    );
}

interface Input extends PlanInput {
  /** Do not ask for confirmation. */
  readonly yes: boolean;
}

/**
 * Makes the changes that a file requires.
 * @throws {TpksError} of a kind with exit code 1 if a change failed; `cancelled` after Ctrl-C.
 */
export async function applyAccessFile({ yes, ...input }: Input, deps: Deps): Promise<void> {
  const access = await deps.access();
  const plan = await access.plan(input);
  if (plan.missing.length > 0) throw problemsError(plan.path, plan.missing);
  if (plan.changes.length > 0) {
    for (const line of planLines(plan)) deps.terminal.note(line);
    if (!yes) await confirmChanges(plan, deps);
  }
  const progress = await access.apply(plan, (inFlight) => {
    const requests = inFlight === 1 ? '1 request' : `${String(inFlight)} requests`;
    deps.terminal.note(`Interrupted: waiting for ${requests}; Ctrl-C again stops at once`);
  });
  await deps.terminal.show(appliedView(plan, progress));
  const [failure] = progress.failures;
  if (failure !== undefined) throw stoppedError(failure, progress);
  if (progress.isInterrupted) throw interruptedError(progress);
}

/** @throws {TpksError} `failed` if the user declines */
async function confirmChanges({ changes }: Plan, deps: Deps): Promise<void> {
  const these = changes.length === 1 ? 'this change' : `these ${String(changes.length)} changes`;
  const withoutAsking = 'add --yes to go on without the question';
  if (await confirm(`Make ${these}? (y/n): `, deps, { instead: withoutAsking })) return;
  throw new TpksError('failed', 'Nothing was changed: the answer was not yes', {
    hint: withoutAsking,
  });
}

const runAgainHint = 'run the same command again to apply the rest';

/** The error of the whole command. Some changes may have been applied, so the exit code is always 1. */
function stoppedError(error: TpksError, { outcomes, failures }: Progress): TpksError {
  const others = failures.length - 1;
  const more = others > 0 ? ` (and ${String(others)} more failed)` : '';
  const next = `when that is fixed, ${runAgainHint}`;
  return reworded(error, {
    kind: exitCodes[error.kind] === exitCodes.failed ? error.kind : 'failed',
    message: `Stopped after ${formatDoneCount(outcomes)}: ${error.message}${more}`,
    hint: error.hint === undefined ? next : `${error.hint}\n${next}`,
  });
}

function interruptedError({ outcomes }: Progress): TpksError {
  return new TpksError('cancelled', `Interrupted after ${formatDoneCount(outcomes)}`, {
    hint: runAgainHint,
  });
}

function formatDoneCount(outcomes: Progress['outcomes']): string {
  const done = outcomes.filter((outcome) => outcome === 'done').length;
  return `${String(done)} of ${String(outcomes.length)} changes`;
}

import type { Command } from 'commander';
import type { Progress } from '../../../access/apply.js';
import type { Plan, PlanInput } from '../../../access/plan.js';
import { exitCodes, rewordError, TpksError } from '../../../errors.js';
import { problemsError } from '../../../input/problems.js';
import type { Services } from '../../../services.js';
import { confirm } from '../../confirm.js';
import { toFileInput } from '../../stdin-inputs.js';
import { addFileOptions, type FileFlags } from './file-options.js';
import { appliedView, planLines } from './plan-view.js';
import { warnAboutUnmanaged } from './unmanaged-members.js';

type Deps = Pick<Services, 'terminal' | 'options' | 'access' | 'noteUaaIdentity'>;

interface Flags extends FileFlags {
  readonly yes?: boolean;
}

export function define(command: Command, deps: Deps): void {
  addFileOptions(command)
    .description(
      'Check an access file, show the changes that make the UAA match it, ask for confirmation ' +
        '(unless --yes), and apply them, up to 16 at the same time. After a failure, no further ' +
        'changes are started; run the command again to apply the rest. Requires the scopes scim.read ' +
        'and scim.write, and for clients clients.read and clients.write (clients.admin to remove an ' +
        'attribute).',
    )
    .option('-y, --yes', 'do not ask for confirmation')
    .addHelpText('after', '\nExample:\n  $ tpks uaa apply -f access.yml --yes')
    .action(({ file, prune = false, yes = false }: Flags) =>
      applyAccessFile({ file: toFileInput(file, '--file', deps.terminal), prune, yes }, deps),
    );
}

interface Input extends PlanInput {
  /** Do not ask for confirmation. */
  readonly yes: boolean;
}

/**
 * Applies the changes that make the UAA match an access file.
 * @throws {TpksError} of a kind with exit code 1 if a change failed; `cancelled` after Ctrl-C.
 */
export async function applyAccessFile({ yes, ...input }: Input, deps: Deps): Promise<void> {
  const access = await deps.access();
  const plan = await access.plan(input);
  if (plan.missingSecrets.length > 0) throw problemsError(plan.path, plan.missingSecrets);
  warnAboutUnmanaged(plan.unmanaged, deps.terminal);
  if (plan.changes.length > 0) {
    await deps.noteUaaIdentity();
    for (const line of planLines(plan)) deps.terminal.note(line);
    if (!yes && !(await confirmChanges(plan, deps))) return showCancelled(plan, deps);
  }
  const progress = await access.apply(plan, (inFlight) => {
    const requests = inFlight === 1 ? '1 request' : `${String(inFlight)} requests`;
    deps.terminal.note(
      `Interrupted: waiting for ${requests} to finish; press Ctrl-C again to stop immediately`,
    );
  });
  await deps.terminal.show(appliedView(plan, progress));
  const [failure] = progress.failures;
  if (failure !== undefined) throw stoppedError(failure, progress);
  if (progress.isInterrupted) throw interruptedError(progress);
}

const yesHint = 'add --yes to skip the confirmation';

function confirmChanges({ changes }: Plan, deps: Deps): Promise<boolean> {
  const changesText =
    changes.length === 1 ? 'this change' : `these ${String(changes.length)} changes`;
  return confirm(`Apply ${changesText}? (y/n): `, deps, { alternative: yesHint });
}

/** Reports that the user did not confirm. As text, nothing is printed on stdout. */
async function showCancelled(plan: Plan, { terminal }: Deps): Promise<void> {
  terminal.note('Cancelled: no changes were applied');
  const outcomes = plan.changes.map(() => 'notStarted' as const);
  const { json } = appliedView(plan, { outcomes });
  await terminal.show({ json, text: [] });
}

const runAgainHint = 'run the same command again to apply the rest';

/** The error after a failed change. The exit code is always 1, because changes may have been applied. */
function stoppedError(error: TpksError, { outcomes, failures }: Progress): TpksError {
  const others = failures.length - 1;
  const othersText = others > 0 ? ` (and ${String(others)} more failed)` : '';
  const next = `fix the problem, then ${runAgainHint}`;
  return rewordError(error, {
    kind: exitCodes[error.kind] === exitCodes.failed ? error.kind : 'failed',
    message: `Stopped after ${formatDoneCount(outcomes)}: ${error.message}${othersText}`,
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

import { rewordError, TpksError } from '../../errors.js';
import { problemsError } from '../../input/problems.js';
import type { Services } from '../../services.js';
import { toFileInput } from '../stdin-inputs.js';

type Deps = Pick<Services, 'terminal' | 'sandboxAccess'>;

/**
 * Creates and updates the users, groups and clients of an access file in a running sandbox.
 *
 * @param path - the access file; `-` for stdin.
 * @throws {TpksError} `usage` with every problem in the file; `cancelled` after Ctrl-C.
 */
export async function seedSandbox(
  path: string,
  running: Parameters<Services['sandboxAccess']>[0],
  { terminal, sandboxAccess }: Deps,
): Promise<void> {
  const access = await sandboxAccess(running);
  if (access === undefined) {
    throw new TpksError(
      'failed',
      `Cannot apply ${path}: the secret of the client admin has changed in the folder of --dir`,
      { hint: 'start without --seed, or use another folder with --dir' },
    );
  }
  const plan = await access.plan({ file: toFileInput(path, '--seed', terminal), prune: false });
  if (plan.missingSecrets.length > 0) throw problemsError(plan.path, plan.missingSecrets);
  const { failures, isInterrupted } = await access.apply(plan, () => undefined);
  const [failure] = failures;
  if (failure !== undefined) {
    throw rewordError(failure, { message: `Cannot apply ${plan.path}: ${failure.message}` });
  }
  if (isInterrupted) throw new TpksError('cancelled', `Interrupted while applying ${plan.path}`);
  const { length } = plan.changes;
  const changes = `${String(length)} ${length === 1 ? 'change' : 'changes'}`;
  terminal.note(`Applied ${plan.path}: ${length === 0 ? 'no changes' : changes}`);
}

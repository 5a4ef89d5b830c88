import type { Command, Option } from 'commander';
import type { Services } from '../../app/services.js';
import { isTpksError } from '../../base/errors.js';
import { confirm } from '../confirm.js';
import { type DryRunOption, dryRunOption } from '../dry-run.js';

export interface DeletionFlags extends DryRunOption {
  readonly yes?: boolean | undefined;
}

export type DeletionDeps = Pick<Services, 'terminal' | 'options' | 'link' | 'noteUaaIdentity'>;

/** Adds `--dry-run` and `--yes` to a command that deletes something at the UAA. */
export function addDeletionOptions(command: Command, ...others: readonly Option[]): Command {
  for (const option of [...others, dryRunOption()]) command.addOption(option);
  return command.option('-y, --yes', 'do not ask for confirmation');
}

export interface Deletion {
  /** What the command does, for the prompt, e.g. `delete user erin`. */
  readonly action: string;
  /**
   * Looks up the object, so that the prompt can name it exactly. Runs only with `--dry-run` and before
   * a prompt. Its result replaces `action`.
   */
  readonly describe?: (() => Promise<string>) | undefined;
  /** Whether only data on this machine is deleted, so that the prompt names no UAA. */
  readonly isLocal?: boolean;
}

/**
 * Asks for confirmation of a deletion, but only on a terminal, because scripts that were written for
 * `uaac` expect no prompt. With `--dry-run`, only shows what would be deleted.
 *
 * @returns whether to continue; if not, the user has declined, and this has been reported.
 * @throws {TpksError} errors of `describe`, except `forbidden`; `cancelled` on Ctrl-C.
 */
export async function confirmDeletion(
  { action, describe = () => Promise.resolve(action), isLocal = false }: Deletion,
  { dryRun = false, yes = false }: DeletionFlags,
  { terminal, options, link, noteUaaIdentity }: DeletionDeps,
): Promise<boolean> {
  if (dryRun) {
    terminal.note(`This would ${await orIfForbidden(action, describe)}`);
    return true;
  }
  if (yes || !terminal.canPrompt() || !link.confirmsUaaDeletions) return true;
  const exactAction = await orIfForbidden(action, describe);
  if (!isLocal) await noteUaaIdentity();
  const question = `Are you sure you want to ${exactAction}? (y/n): `;
  if (await confirm(question, { terminal, options }, { alternative: yesHint })) return true;
  terminal.note('Cancelled');
  await terminal.show({ json: { deleted: false }, text: [] });
  return false;
}

const yesHint = 'add --yes to skip the confirmation';

/** A token that allows deleting an object does not always allow reading it. */
async function orIfForbidden(fallback: string, read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'forbidden') throw error;
    return fallback;
  }
}

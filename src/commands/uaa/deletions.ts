import { type Command, Option } from 'commander';
import type { CreateUaaResource } from '../../app/resources.js';
import type { Services } from '../../app/services.js';
import { isTpksError } from '../../base/errors.js';
import type { Asynchronous } from '../../base/lazy.js';
import { confirm } from '../confirm.js';
import type { CommandHelp, Leaf } from '../command-table.js';
import { type DryRunOption, dryRunOption, runAndShowDryRun } from '../dry-run.js';
import { yesOption } from '../global-options.js';
import type { ObjectKey } from './objects.js';

/** Describes a command that deletes one object of the UAA. */
interface DeleteCommand<
  Resource extends Asynchronous<Resource>,
  Key,
  Flags,
  Deleted,
> extends CommandHelp {
  readonly key: ObjectKey<Key, Flags>;
  readonly resource: CreateUaaResource<Resource>;
  /** What the command does, for the prompt, e.g. `delete user erin`. */
  readonly action: (key: Key) => string;
  /** Looks up the object, so that the action names it exactly. */
  readonly describe?: (resource: Resource, key: Key) => Promise<string>;
  /** @returns what `--json` prints. */
  readonly remove: (resource: Resource, key: Key) => Promise<Deleted>;
  /** Whether the command has `--if-exists`; `true` by default. */
  readonly canBeMissing?: boolean;
  /** Printed after the deletion; the same text as in `uaac`. */
  readonly successMessage: string | ((deleted: Deleted) => string);
}

/** Defines a command that deletes one object of the UAA. Without a terminal, it does not prompt. */
export function deleteObjectCommand<Resource extends Asynchronous<Resource>, Key, Flags, Deleted>(
  spec: DeleteCommand<Resource, Key, Flags, Deleted>,
): Leaf {
  const { key: keySpec, action, describe, remove, canBeMissing = true, successMessage } = spec;
  return {
    description: spec.description,
    examples: spec.examples,
    define(command, services) {
      const deleteObject = async (): Promise<void> => {
        const flags = command.opts<Flags & IfExistsFlags & DryRunOption>();
        // Report a missing session before any prompt.
        await services.uaaContext();
        const resource = services.uaaResource(spec.resource, flags);
        const key = await keySpec.read(command.args, flags, services);
        const deletion = {
          action: action(key),
          describe: describe && (() => describe(resource, key)),
        };
        const confirmAndRemove = async (): Promise<Deleted | undefined> =>
          (await confirmDeletion(deletion, flags, services)) ? remove(resource, key) : undefined;
        const deleted = await deleteIfExists(confirmAndRemove, flags, services);
        if (deleted === undefined) return;
        const text = typeof successMessage === 'string' ? successMessage : successMessage(deleted);
        await services.terminal.show({ json: deleted, text: [text] });
      };
      addDeletionOptions(keySpec.add(command), ...(canBeMissing ? [ifExistsOption()] : [])).action(
        () => runAndShowDryRun(deleteObject, services),
      );
    },
  };
}

interface IfExistsFlags {
  readonly ifExists?: true;
}

/** The option of commands that delete something; it makes them idempotent. */
export function ifExistsOption(): Option {
  return new Option('--if-exists', 'succeed even if it does not exist');
}

/**
 * Deletes an object. With `--if-exists`, an object that does not exist is not an error.
 * @returns the deleted object; `undefined`, after a note, if it does not exist.
 */
async function deleteIfExists<T>(
  remove: () => Promise<T>,
  { ifExists }: IfExistsFlags,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<T | undefined> {
  try {
    return await remove();
  } catch (error) {
    if (ifExists !== true || !isTpksError(error) || error.kind !== 'notFound') throw error;
    terminal.note(`No changes: ${error.message}`);
    return undefined;
  }
}

export type DeletionDeps = Pick<Services, 'terminal' | 'options' | 'link' | 'noteUaaIdentity'>;

/** Adds `--dry-run` and `--yes` to a command that deletes something at the UAA. */
export function addDeletionOptions(command: Command, ...others: readonly Option[]): Command {
  for (const option of [...others, dryRunOption(), yesOption()]) command.addOption(option);
  return command;
}

interface Deletion {
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
 * @returns whether to continue; if not, the user has declined, and this has been reported.
 * @throws {TpksError} errors of `describe`, except `forbidden`; `cancelled` on Ctrl-C.
 */
export async function confirmDeletion(
  deletion: Deletion,
  { dryRun = false }: DryRunOption,
  { terminal, options, link, noteUaaIdentity }: DeletionDeps,
): Promise<boolean> {
  if (dryRun) {
    terminal.note(`This would ${await describeExactly(deletion)}`);
    return true;
  }
  const isAsked = terminal.canPrompt() && link.confirmsUaaDeletions && options().yes !== true;
  if (!isAsked) return true;
  const exactAction = await describeExactly(deletion);
  if (deletion.isLocal !== true) await noteUaaIdentity();
  const question = `Are you sure you want to ${exactAction}?`;
  if (await confirm(question, { terminal, options })) return true;
  terminal.note('Cancelled');
  await terminal.show({ json: { deleted: false }, text: [] });
  return false;
}

async function describeExactly({ action, describe }: Deletion): Promise<string> {
  try {
    return (await describe?.()) ?? action;
  } catch (error) {
    // A token that allows deleting an object does not always allow reading it.
    if (!isTpksError(error) || error.kind !== 'forbidden') throw error;
    return action;
  }
}

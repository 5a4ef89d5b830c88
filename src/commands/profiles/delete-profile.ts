import { confirmChange, type ConfirmDeps } from '../confirm.js';
import type { Writing } from '../dry-run.js';

interface Input extends Writing {
  readonly name: string;
  /** As the original calls it, e.g. `kubernetes profile`. */
  readonly noun: string;
  readonly remove: (name: string) => Promise<void>;
}

/** Asks, deletes and says so, in the original's words. @see pks-cli, section 10 */
export async function deleteProfile(
  { name, noun, remove, dryRun = false }: Input,
  deps: ConfirmDeps,
): Promise<void> {
  const question = `Are you sure you want to delete the ${noun} ${name}? (y/n): `;
  const goesOn = dryRun || (await confirmChange(question, deps));
  if (goesOn) await remove(name);
  else deps.terminal.note('Nothing was deleted');
  await deps.terminal.show({
    json: { name, deleted: goesOn },
    text: goesOn ? [`Deletion of ${name} completed`] : [],
  });
}

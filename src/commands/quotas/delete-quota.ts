import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { confirmChange, type ConfirmDeps } from '../confirm.js';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import type { NameDeps } from '../known-names.js';
import { ownerName } from './owner-name.js';

type Deps = Pick<Services, 'quotas'> & ConfirmDeps;

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description('Deletes the quota of one user, who is not limited any more then.')
    .addArgument(ownerName(deps))
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      '\nExample, without the question:\n  $ tpks delete-quota cody --non-interactive',
    )
    .action((owner: string, flags: Writing) =>
      showingDryRun(() => deleteQuota({ owner, ...flags }, deps), deps),
    );
}

export async function deleteQuota(
  { owner, dryRun = false }: Writing & { readonly owner: string },
  deps: Deps,
): Promise<void> {
  const service = await deps.quotas({ dryRun });
  const question = `Are you sure you want to delete the quota of ${owner}? (y/n): `;
  const goesOn = dryRun || (await confirmChange(question, deps));
  if (goesOn) await service.remove(owner);
  else deps.terminal.note('Nothing was deleted');
  await deps.terminal.show({
    json: { owner, deleted: goesOn },
    text: goesOn ? [`Deletion of the quota of ${owner} completed`] : [],
  });
}

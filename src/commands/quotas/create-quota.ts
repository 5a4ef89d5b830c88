import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import type { NameDeps } from '../known-names.js';
import { limitOptions, type LimitFlags } from './limit-options.js';
import { ownerName } from './owner-name.js';
import { quotaDetails } from './quota-view.js';

type Deps = Pick<Services, 'terminal' | 'quotas'>;
type Input = Required<LimitFlags> & Writing & { readonly owner: string };

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description(
      'Limits what the clusters of one user may take together. Administrators of clusters are ' +
        'never limited.',
    )
    .addArgument(ownerName(deps));
  for (const option of limitOptions()) command.addOption(option.makeOptionMandatory());
  command
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ tpks create-quota dana --cpu 16 --memory 64 --clusters 3',
    )
    .action((owner: string, flags: Omit<Input, 'owner'>) =>
      showingDryRun(() => createQuota({ owner, ...flags }, deps), deps),
    );
}

export async function createQuota(
  { owner, cpu, memory, clusters, dryRun }: Input,
  deps: Deps,
): Promise<void> {
  const service = await deps.quotas({ dryRun });
  const made = await service.create(owner, { cpu, memory, cluster: clusters });
  await deps.terminal.show({ json: made, text: quotaDetails(made), indent: 3 });
}

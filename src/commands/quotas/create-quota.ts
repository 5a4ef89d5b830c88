import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import { nameArgument, type NameDeps } from '../known-names.js';
import { outputOption } from '../resource/output-option.js';
import { limitOptions, type LimitFlags } from './limit-options.js';
import { ownerName, quotaDetails, resource } from './quotas.js';

type Deps = Pick<Services, 'terminal' | 'pksResource'>;
type Input = Required<LimitFlags> & Writing & { readonly owner: string };

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description(
      'Limit the total resources of a user’s clusters. Cluster administrators are never limited.',
    )
    .addArgument(nameArgument(ownerName, deps));
  for (const option of limitOptions()) command.addOption(option.makeOptionMandatory());
  command
    .addOption(dryRunOption())
    .addOption(outputOption('json', 'yaml', 'name'))
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
  { pksResource, terminal }: Deps,
): Promise<void> {
  const quotas = await pksResource(resource, { dryRun });
  const created = await quotas.create(owner, { cpu, memory, cluster: clusters });
  await terminal.show({
    json: created,
    text: quotaDetails(created),
    indent: 3,
    name: created.owner,
  });
}

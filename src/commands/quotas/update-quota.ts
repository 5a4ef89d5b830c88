import type { Command } from 'commander';
import { TpksError } from '../../errors.js';
import type { Services } from '../../services.js';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import { nameArgument, type NameDeps } from '../known-names.js';
import { outputOption } from '../resource/output-option.js';
import { limitOptions, type LimitFlags } from './limit-options.js';
import { ownerName, quotaDetails, resource } from './quotas.js';

type Deps = Pick<Services, 'terminal' | 'pksResource'>;
type Input = LimitFlags & Writing & { readonly owner: string };

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description('Update the quota of a user. Limits that are not given keep their values.')
    .addArgument(nameArgument(ownerName, deps));
  for (const option of limitOptions()) command.addOption(option);
  command
    .addOption(dryRunOption())
    .addOption(outputOption('json', 'yaml', 'name'))
    .addHelpText('after', '\nExample:\n  $ tpks update-quota cody --memory 96')
    .action((owner: string, flags: Omit<Input, 'owner'>) =>
      showingDryRun(() => updateQuota({ owner, ...flags }, deps), deps),
    );
}

/** @throws {TpksError} `usage` if no limit is given */
export async function updateQuota(
  { owner, cpu, memory, clusters, dryRun }: Input,
  { pksResource, terminal }: Deps,
): Promise<void> {
  if (cpu === undefined && memory === undefined && clusters === undefined) {
    throw new TpksError('usage', 'Nothing to update', {
      hint: 'give at least one of --cpu, --memory and --clusters',
    });
  }
  const quotas = await pksResource(resource, { dryRun });
  // The API accepts only complete quotas.
  const before =
    cpu === undefined || memory === undefined || clusters === undefined
      ? (await quotas.get(owner)).limit
      : { cpu, memory, cluster: clusters };
  const updated = await quotas.update(owner, {
    cpu: cpu ?? before.cpu,
    memory: memory ?? before.memory,
    cluster: clusters ?? before.cluster,
  });
  await terminal.show({
    json: updated,
    text: quotaDetails(updated),
    indent: 3,
    name: updated.owner,
  });
}

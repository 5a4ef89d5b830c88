import type { Command } from 'commander';
import { TpksError } from '../../errors.js';
import type { Services } from '../../services.js';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import type { NameDeps } from '../known-names.js';
import { limitOptions, type LimitFlags } from './limit-options.js';
import { ownerName } from './owner-name.js';
import { quotaDetails } from './quota-view.js';

type Deps = Pick<Services, 'terminal' | 'quotas'>;
type Input = LimitFlags & Writing & { readonly owner: string };

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description('Changes the quota of one user. A limit that is not given stays as it is.')
    .addArgument(ownerName(deps));
  for (const option of limitOptions()) command.addOption(option);
  command
    .addOption(dryRunOption())
    .addHelpText('after', '\nExample:\n  $ tpks update-quota cody --memory 96')
    .action((owner: string, flags: Omit<Input, 'owner'>) =>
      showingDryRun(() => updateQuota({ owner, ...flags }, deps), deps),
    );
}

/** @throws {TpksError} `usage` when no limit is given */
export async function updateQuota(
  { owner, cpu, memory, clusters, dryRun }: Input,
  deps: Deps,
): Promise<void> {
  if (cpu === undefined && memory === undefined && clusters === undefined) {
    throw new TpksError('usage', 'There is nothing to change', {
      hint: 'give at least one of --cpu, --memory and --clusters',
    });
  }
  const service = await deps.quotas({ dryRun });
  // The API takes a quota as a whole.
  const before =
    cpu === undefined || memory === undefined || clusters === undefined
      ? (await service.get(owner)).limit
      : { cpu, memory, cluster: clusters };
  const changed = await service.update(owner, {
    cpu: cpu ?? before.cpu,
    memory: memory ?? before.memory,
    cluster: clusters ?? before.cluster,
  });
  await deps.terminal.show({ json: changed, text: quotaDetails(changed), indent: 3 });
}

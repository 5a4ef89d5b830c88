import type { Command } from 'commander';
import type { Services } from '../../services.js';
import type { NameDeps } from '../known-names.js';
import { ownerName } from './owner-name.js';
import { usageDetails } from './usage-view.js';

type Deps = Pick<Services, 'terminal' | 'usages'>;

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description('Shows what the clusters of one user take, together and each.')
    .addArgument(ownerName(deps))
    .addHelpText('after', '\nExample:\n  $ tpks usage cody')
    .action((owner: string) => usage({ owner }, deps));
}

export async function usage({ owner }: { owner: string }, deps: Deps): Promise<void> {
  const service = await deps.usages();
  const found = await service.get(owner);
  await deps.terminal.show({ json: found, text: usageDetails(found), indent: 3 });
}

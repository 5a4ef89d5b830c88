import type { Command } from 'commander';
import type { Services } from '../../services.js';
import type { NameDeps } from '../known-names.js';
import { ownerName } from './owner-name.js';
import { quotaDetails } from './quota-view.js';

type Deps = Pick<Services, 'terminal' | 'quotas'>;

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description('Shows the quota of one user.')
    .addArgument(ownerName(deps))
    .addHelpText('after', '\nExample:\n  $ tpks quota cody')
    .action((owner: string) => quota({ owner }, deps));
}

export async function quota({ owner }: { owner: string }, deps: Deps): Promise<void> {
  const service = await deps.quotas();
  const found = await service.get(owner);
  await deps.terminal.show({ json: found, text: quotaDetails(found), indent: 3 });
}

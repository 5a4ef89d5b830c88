import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { rememberNames } from '../known-names.js';
import { quotasTable } from './quota-view.js';

type Deps = Pick<Services, 'terminal' | 'context' | 'quotas' | 'names'>;

export function define(command: Command, deps: Deps): void {
  command
    .description('Lists the quotas: how much each user’s clusters may take together.')
    .addHelpText('after', '\nExamples:\n  $ tpks quotas\n  $ tpks quotas --json')
    .action(() => quotas(deps));
}

export async function quotas(deps: Deps): Promise<void> {
  const service = await deps.quotas();
  const found = await service.list();
  await deps.terminal.show({ json: found, text: quotasTable(found), indent: 3 });
  await rememberNames(
    'owners',
    found.map(({ owner }) => owner),
    deps,
  );
}

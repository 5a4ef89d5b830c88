import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { addListOptions, showList, type ListFlags } from '../list/list.js';
import { rememberNames } from '../known-names.js';
import { quotaList } from './quota-view.js';

type Deps = Pick<Services, 'terminal' | 'context' | 'quotas' | 'names'>;

export function define(command: Command, deps: Deps): void {
  addListOptions(command, quotaList)
    .description('Lists the quotas: how much each user’s clusters may take together.')
    .addHelpText('after', '\nExamples:\n  $ tpks quotas\n  $ tpks quotas --json')
    .action((flags: ListFlags) => quotas(flags, deps));
}

export async function quotas(flags: ListFlags, deps: Deps): Promise<void> {
  const service = await deps.quotas();
  const found = await service.list();
  await showList(quotaList, found, flags, deps.terminal);
  await rememberNames(
    'owners',
    found.map(({ owner }) => owner),
    deps,
  );
}

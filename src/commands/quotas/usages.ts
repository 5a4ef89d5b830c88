import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { addListOptions, showList, type ListFlags } from '../list/list.js';
import { rememberNames } from '../known-names.js';
import { usageList } from './usage-view.js';

type Deps = Pick<Services, 'terminal' | 'context' | 'usages' | 'names'>;

export function define(command: Command, deps: Deps): void {
  addListOptions(command, usageList)
    .description('Lists what the clusters of each user take together.')
    .addHelpText('after', '\nExamples:\n  $ tpks usages\n  $ tpks usages --json')
    .action((flags: ListFlags) => usages(flags, deps));
}

export async function usages(flags: ListFlags, deps: Deps): Promise<void> {
  const service = await deps.usages();
  const found = await service.list();
  await showList(usageList, found, flags, deps.terminal);
  await rememberNames(
    'owners',
    found.map(({ owner }) => owner),
    deps,
  );
}

import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { addListOptions, showList, type ListFlags } from '../list/list.js';
import { rememberNames } from '../known-names.js';
import { planList } from './plan-view.js';

type Deps = Pick<Services, 'terminal' | 'context' | 'plans' | 'names'>;

export function define(command: Command, deps: Deps): void {
  addListOptions(command, planList)
    .description('Lists the plans that a cluster can be made after.')
    .addHelpText('after', '\nExamples:\n  $ tpks plans\n  $ tpks plans --json')
    .action((flags: ListFlags) => plans(flags, deps));
}

export async function plans(flags: ListFlags, deps: Deps): Promise<void> {
  const service = await deps.plans();
  const found = await service.list();
  await showList(planList, found, flags, deps.terminal);
  await rememberNames(
    'plans',
    found.map(({ name }) => name),
    deps,
  );
}

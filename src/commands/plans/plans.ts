import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { rememberNames } from '../known-names.js';
import { plansTable } from './plan-view.js';

type Deps = Pick<Services, 'terminal' | 'context' | 'plans' | 'names'>;

export function define(command: Command, deps: Deps): void {
  command
    .description('Lists the plans that a cluster can be made after.')
    .addHelpText('after', '\nExamples:\n  $ tpks plans\n  $ tpks plans --json')
    .action(() => plans(deps));
}

export async function plans(deps: Deps): Promise<void> {
  const service = await deps.plans();
  const found = await service.list();
  await deps.terminal.show({ json: found, text: plansTable(found), indent: 3 });
  await rememberNames(
    'plans',
    found.map(({ name }) => name),
    deps,
  );
}

import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { rememberNames } from '../known-names.js';
import { usagesTable } from './usage-view.js';

type Deps = Pick<Services, 'terminal' | 'context' | 'usages' | 'names'>;

export function define(command: Command, deps: Deps): void {
  command
    .description('Lists what the clusters of each user take together.')
    .addHelpText('after', '\nExamples:\n  $ tpks usages\n  $ tpks usages --json')
    .action(() => usages(deps));
}

export async function usages(deps: Deps): Promise<void> {
  const service = await deps.usages();
  const found = await service.list();
  await deps.terminal.show({ json: found, text: usagesTable(found), indent: 3 });
  await rememberNames(
    'owners',
    found.map(({ owner }) => owner),
    deps,
  );
}

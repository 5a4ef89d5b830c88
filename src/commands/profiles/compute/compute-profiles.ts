import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { rememberNames } from '../../known-names.js';
import { profilesTable } from '../profile-list-view.js';

type Deps = Pick<Services, 'terminal' | 'context' | 'computeProfiles' | 'names'>;

export function define(command: Command, deps: Deps): void {
  command
    .description('Lists the compute profiles: sizes and places of clusters’ machines.')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tpks compute-profiles\n  $ tpks compute-profiles --json',
    )
    .action(() => computeProfiles(deps));
}

export async function computeProfiles(deps: Deps): Promise<void> {
  const service = await deps.computeProfiles();
  const found = await service.list();
  await deps.terminal.show({ json: found, text: profilesTable(found), indent: 3 });
  await rememberNames(
    'compute-profiles',
    found.map(({ name }) => name),
    deps,
  );
}

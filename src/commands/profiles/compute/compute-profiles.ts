import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { addListOptions, showList, type ListFlags } from '../../list/list.js';
import { rememberNames } from '../../known-names.js';
import { profileList } from '../profile-list-view.js';

type Deps = Pick<Services, 'terminal' | 'context' | 'computeProfiles' | 'names'>;

export function define(command: Command, deps: Deps): void {
  addListOptions(command, profileList)
    .description('Lists the compute profiles: sizes and places of clusters’ machines.')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tpks compute-profiles\n  $ tpks compute-profiles --json',
    )
    .action((flags: ListFlags) => computeProfiles(flags, deps));
}

export async function computeProfiles(flags: ListFlags, deps: Deps): Promise<void> {
  const service = await deps.computeProfiles();
  const found = await service.list();
  await showList(profileList, found, flags, deps.terminal);
  await rememberNames(
    'compute-profiles',
    found.map(({ name }) => name),
    deps,
  );
}

import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { addListOptions, showList, type ListFlags } from '../../list/list.js';
import { rememberNames } from '../../known-names.js';
import { profileList } from '../profile-list-view.js';

type Deps = Pick<Services, 'terminal' | 'context' | 'networkProfiles' | 'names'>;

export function define(command: Command, deps: Deps): void {
  addListOptions(command, profileList)
    .description('Lists the network profiles: settings of NSX-T for clusters.')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tpks network-profiles\n  $ tpks network-profiles --json',
    )
    .action((flags: ListFlags) => networkProfiles(flags, deps));
}

export async function networkProfiles(flags: ListFlags, deps: Deps): Promise<void> {
  const service = await deps.networkProfiles();
  const found = await service.list();
  await showList(profileList, found, flags, deps.terminal);
  await rememberNames(
    'network-profiles',
    found.map(({ name }) => name),
    deps,
  );
}

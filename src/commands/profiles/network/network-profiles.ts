import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { rememberNames } from '../../known-names.js';
import { profilesTable } from '../profile-list-view.js';

type Deps = Pick<Services, 'terminal' | 'context' | 'networkProfiles' | 'names'>;

export function define(command: Command, deps: Deps): void {
  command
    .description('Lists the network profiles: settings of NSX-T for clusters.')
    .addHelpText(
      'after',
      '\nExamples:\n  $ tpks network-profiles\n  $ tpks network-profiles --json',
    )
    .action(() => networkProfiles(deps));
}

export async function networkProfiles(deps: Deps): Promise<void> {
  const service = await deps.networkProfiles();
  const found = await service.list();
  await deps.terminal.show({ json: found, text: profilesTable(found), indent: 3 });
  await rememberNames(
    'network-profiles',
    found.map(({ name }) => name),
    deps,
  );
}

import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import type { NameDeps } from '../../known-names.js';
import { profileName } from '../profile-name.js';
import { networkProfileDetails } from './network-profile-view.js';

type Deps = Pick<Services, 'terminal' | 'networkProfiles'>;

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description('Shows a network profile with its parameters.')
    .addArgument(profileName('network-profiles', deps))
    .addHelpText('after', '\nExample:\n  $ tpks network-profile np-prod')
    .action((name: string) => networkProfile({ name }, deps));
}

export async function networkProfile({ name }: { name: string }, deps: Deps): Promise<void> {
  const service = await deps.networkProfiles();
  const found = await service.get(name);
  await deps.terminal.show({ json: found, text: networkProfileDetails(found), indent: 3 });
}

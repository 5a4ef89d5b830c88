import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import type { NameDeps } from '../../known-names.js';
import { localTimes } from '../../local-time.js';
import { profileName } from '../profile-name.js';
import { kubernetesProfileDetails } from './kubernetes-profile-view.js';

type Deps = Pick<Services, 'terminal' | 'kubernetesProfiles'>;

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description('Shows a Kubernetes profile with the settings of each component.')
    .addArgument(profileName('kubernetes-profiles', deps))
    .addHelpText('after', '\nExample:\n  $ tpks kubernetes-profile audited')
    .action((name: string) => kubernetesProfile({ name }, deps));
}

export async function kubernetesProfile({ name }: { name: string }, deps: Deps): Promise<void> {
  const service = await deps.kubernetesProfiles();
  const found = await service.get(name);
  await deps.terminal.show({
    json: found,
    text: kubernetesProfileDetails(found, localTimes('')),
    indent: 3,
  });
}

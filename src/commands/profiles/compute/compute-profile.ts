import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import type { NameDeps } from '../../known-names.js';
import { profileName } from '../profile-name.js';
import { computeProfileDetails } from './compute-profile-view.js';

type Deps = Pick<Services, 'terminal' | 'computeProfiles'>;

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description(
      'Shows a compute profile: the machines of its control plane and of its node pools.',
    )
    .addArgument(profileName('compute-profiles', deps))
    .addHelpText('after', '\nExample:\n  $ tpks compute-profile three-zones')
    .action((name: string) => computeProfile({ name }, deps));
}

export async function computeProfile({ name }: { name: string }, deps: Deps): Promise<void> {
  const service = await deps.computeProfiles();
  const found = await service.get(name);
  await deps.terminal.show({ json: found, text: computeProfileDetails(found), indent: 3 });
}

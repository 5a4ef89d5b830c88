import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { rememberNames } from '../../known-names.js';
import { localTimes } from '../../local-time.js';
import { kubernetesProfilesTable } from './kubernetes-profile-view.js';

type Deps = Pick<Services, 'terminal' | 'context' | 'kubernetesProfiles' | 'names'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Lists the Kubernetes profiles that you may see: settings of the components of Kubernetes.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ tpks kubernetes-profiles\n  $ tpks kubernetes-profiles --json',
    )
    .action(() => kubernetesProfiles(deps));
}

export async function kubernetesProfiles(deps: Deps): Promise<void> {
  const service = await deps.kubernetesProfiles();
  const found = await service.list();
  await deps.terminal.show({
    json: found,
    text: kubernetesProfilesTable(found, localTimes('')),
    indent: 3,
  });
  await rememberNames(
    'kubernetes-profiles',
    found.map(({ name }) => name),
    deps,
  );
}

import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { addListOptions, showList, type ListFlags } from '../../list/list.js';
import { rememberNames } from '../../known-names.js';
import { localTimes } from '../../local-time.js';
import { kubernetesProfileList } from './kubernetes-profile-view.js';

type Deps = Pick<Services, 'terminal' | 'context' | 'kubernetesProfiles' | 'names'>;

export function define(command: Command, deps: Deps): void {
  addListOptions(command, kubernetesProfileList(localTimes('')))
    .description(
      'Lists the Kubernetes profiles that you may see: settings of the components of Kubernetes.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ tpks kubernetes-profiles\n  $ tpks kubernetes-profiles --json',
    )
    .action((flags: ListFlags) => kubernetesProfiles(flags, deps));
}

export async function kubernetesProfiles(flags: ListFlags, deps: Deps): Promise<void> {
  const service = await deps.kubernetesProfiles();
  const found = await service.list();
  await showList(kubernetesProfileList(localTimes('')), found, flags, deps.terminal);
  await rememberNames(
    'kubernetes-profiles',
    found.map(({ name }) => name),
    deps,
  );
}

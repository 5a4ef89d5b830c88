import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { dryRunOption, showingDryRun, type Writing } from '../../dry-run.js';
import { profileFile } from '../profile-file.js';

type Deps = Pick<Services, 'terminal' | 'kubernetesProfiles'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Makes a Kubernetes profile of a file in JSON or YAML. Files named under file-arguments, ' +
        'relative to that file, are read and sent. Everything is checked first: all that is wrong is ' +
        'told at once, by its lines.',
    )
    .addArgument(profileFile())
    .addOption(dryRunOption())
    .addHelpText('after', '\nExample:\n  $ tpks create-kubernetes-profile kubernetes-profile.json')
    .action((file: string, flags: Writing) =>
      showingDryRun(() => createKubernetesProfile({ file, ...flags }, deps), deps),
    );
}

export async function createKubernetesProfile(
  { file, dryRun }: Writing & { readonly file: string },
  deps: Deps,
): Promise<void> {
  const { readKubernetesProfile } = await import('./kubernetes-profile-file.js');
  const request = await readKubernetesProfile(file);
  const service = await deps.kubernetesProfiles({ dryRun });
  const answer = await service.create(request);
  await deps.terminal.show({
    json: answer ?? { name: request.name },
    text: [`Kubernetes profile ${request.name} successfully created`],
    indent: 3,
  });
}

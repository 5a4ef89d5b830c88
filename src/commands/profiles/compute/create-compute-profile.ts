import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { dryRunOption, showingDryRun, type Writing } from '../../dry-run.js';
import { profileFile } from '../profile-file.js';

type Deps = Pick<Services, 'terminal' | 'computeProfiles'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Makes a compute profile, sizes and places of clusters’ machines, of a file in JSON or ' +
        'YAML. The file is checked first: all that is wrong with it is told at once, by its lines.',
    )
    .addArgument(profileFile())
    .addOption(dryRunOption())
    .addHelpText('after', '\nExample:\n  $ tpks create-compute-profile compute-profile.json')
    .action((file: string, flags: Writing) =>
      showingDryRun(() => createComputeProfile({ file, ...flags }, deps), deps),
    );
}

export async function createComputeProfile(
  { file, dryRun }: Writing & { readonly file: string },
  deps: Deps,
): Promise<void> {
  const { readComputeProfile } = await import('./compute-profile-file.js');
  const request = await readComputeProfile(file);
  const service = await deps.computeProfiles({ dryRun });
  const answer = await service.create(request);
  await deps.terminal.show({
    json: answer ?? { name: request.name },
    text: [`Compute profile ${request.name} successfully created`],
    indent: 3,
  });
}

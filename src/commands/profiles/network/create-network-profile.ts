import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import { dryRunOption, showingDryRun, type Writing } from '../../dry-run.js';
import { profileFile } from '../profile-file.js';

type Deps = Pick<Services, 'terminal' | 'networkProfiles'>;

export function define(command: Command, deps: Deps): void {
  command
    .description(
      'Makes a network profile, settings of NSX-T for clusters, of a file in JSON or YAML. ' +
        'The file is checked first: all that is wrong with it is told at once, by its lines.',
    )
    .addArgument(profileFile())
    .addOption(dryRunOption())
    .addHelpText('after', '\nExample:\n  $ tpks create-network-profile network-profile.json')
    .action((file: string, flags: Writing) =>
      showingDryRun(() => createNetworkProfile({ file, ...flags }, deps), deps),
    );
}

export async function createNetworkProfile(
  { file, dryRun }: Writing & { readonly file: string },
  deps: Deps,
): Promise<void> {
  const { readNetworkProfile } = await import('./network-profile-file.js');
  const request = await readNetworkProfile(file);
  const service = await deps.networkProfiles({ dryRun });
  const answer = await service.create(request);
  await deps.terminal.show({
    json: answer ?? { name: request.name },
    text: [`Network profile ${request.name} successfully created`],
    indent: 3,
  });
}

import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import type { ConfirmDeps } from '../../confirm.js';
import { dryRunOption, showingDryRun, type Writing } from '../../dry-run.js';
import type { NameDeps } from '../../known-names.js';
import { deleteProfile } from '../delete-profile.js';
import { profileName } from '../profile-name.js';

type Deps = Pick<Services, 'networkProfiles'> & ConfirmDeps;

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description('Deletes a network profile that no cluster uses.')
    .addArgument(profileName('network-profiles', deps))
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      '\nExample, without the question:\n  $ tpks delete-network-profile old --non-interactive',
    )
    .action((name: string, flags: Writing) =>
      showingDryRun(() => deleteNetworkProfile({ name, ...flags }, deps), deps),
    );
}

export async function deleteNetworkProfile(
  { name, dryRun }: Writing & { readonly name: string },
  deps: Deps,
): Promise<void> {
  const { remove } = await deps.networkProfiles({ dryRun });
  await deleteProfile({ name, noun: 'network profile', remove, dryRun }, deps);
}

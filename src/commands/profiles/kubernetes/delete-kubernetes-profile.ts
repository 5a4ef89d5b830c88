import type { Command } from 'commander';
import type { Services } from '../../../services.js';
import type { ConfirmDeps } from '../../confirm.js';
import { dryRunOption, showingDryRun, type Writing } from '../../dry-run.js';
import type { NameDeps } from '../../known-names.js';
import { deleteProfile } from '../delete-profile.js';
import { profileName } from '../profile-name.js';

type Deps = Pick<Services, 'kubernetesProfiles'> & ConfirmDeps;

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description('Deletes a Kubernetes profile that no cluster uses.')
    .addArgument(profileName('kubernetes-profiles', deps))
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      '\nExample, without the question:\n  $ tpks delete-kubernetes-profile old --non-interactive',
    )
    .action((name: string, flags: Writing) =>
      showingDryRun(() => deleteKubernetesProfile({ name, ...flags }, deps), deps),
    );
}

export async function deleteKubernetesProfile(
  { name, dryRun }: Writing & { readonly name: string },
  deps: Deps,
): Promise<void> {
  const { remove } = await deps.kubernetesProfiles({ dryRun });
  await deleteProfile({ name, noun: 'kubernetes profile', remove, dryRun }, deps);
}

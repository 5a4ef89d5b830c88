import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { confirmChange, type ConfirmDeps } from '../confirm.js';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import { waitOptions, type WaitFlags } from '../waiting/wait-options.js';
import { clusterName } from './cluster-name.js';
import { nothingChanged } from './begun.js';
import { waitForCluster, type ClusterWaitDeps } from './wait-for-cluster.js';

type Deps = Pick<Services, 'clusters'> & ConfirmDeps & ClusterWaitDeps;
type NameDeps = Pick<Services, 'settings' | 'clusterNames' | 'options' | 'env'>;

interface Flags extends WaitFlags, Writing {}

export function define(command: Command, deps: Deps & NameDeps): void {
  command.description('Deletes a cluster and everything on it.').addArgument(clusterName(deps));
  for (const option of [...waitOptions(), dryRunOption()]) command.addOption(option);
  command
    .addHelpText(
      'after',
      '\nExamples:\n  $ tpks delete-cluster dev-1\n  $ tpks delete-cluster dev-1 --non-interactive --wait',
    )
    .action((name: string, flags: Flags) =>
      showingDryRun(() => deleteCluster({ name, ...flags }, deps), deps),
    );
}

/** Asks, and begins to delete a cluster; with `wait` comes back when it is gone. */
export async function deleteCluster(
  { name, wait = false, waitTimeout, dryRun = false }: Flags & { readonly name: string },
  deps: Deps,
): Promise<void> {
  // The original's page has no colon here, as elsewhere.
  const question = `Are you sure you want to delete cluster ${name}? (y/n) `;
  if (!dryRun && !(await confirmChange(question, deps))) {
    nothingChanged(deps);
    return;
  }
  const clusters = await deps.clusters({ dryRun });
  await clusters.remove(name);
  if (wait) {
    await waitForCluster({ name, goal: 'deleted', timeoutSeconds: waitTimeout }, deps);
    return;
  }
  await deps.terminal.show({
    json: { name, deleted: false },
    text: [`Deletion of ${name} in progress`],
    indent: 3,
  });
}

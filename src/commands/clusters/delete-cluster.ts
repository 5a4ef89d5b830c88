import type { Command } from 'commander';
import type { Services } from '../../services.js';
import { confirmDestruction, type ConfirmDeps } from '../confirm.js';
import { dryRunOption, showingDryRun, type Writing } from '../dry-run.js';
import { waitOptions, type WaitFlags } from '../waiting/wait-options.js';
import { nameArgument, type NameDeps } from '../known-names.js';
import { clusterName } from './cluster-name.js';
import { nothingChanged } from './begun.js';
import { waitForCluster, type ClusterWaitDeps } from './wait-for-cluster.js';

type Deps = Pick<Services, 'clusters'> & ConfirmDeps & ClusterWaitDeps;

interface Flags extends WaitFlags, Writing {}

export function define(command: Command, deps: Deps & NameDeps): void {
  command
    .description('Delete a cluster and everything on it.')
    .addArgument(nameArgument(clusterName, deps));
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

/** Asks, and starts to delete a cluster; with `wait`, returns when it is deleted. */
export async function deleteCluster(
  { name, wait = false, waitTimeout, dryRun = false }: Flags & { readonly name: string },
  deps: Deps,
): Promise<void> {
  // The original's page has no colon here, as elsewhere.
  const question = `Are you sure you want to delete cluster ${name}? (y/n) `;
  const clusters = await deps.clusters({ dryRun });
  const find = () => clusters.get(name, { details: false });
  if (!dryRun && !(await confirmDestruction(question, find, deps))) {
    nothingChanged(deps);
    return;
  }
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

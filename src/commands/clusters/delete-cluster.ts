import type { Services } from '../../services.js';
import { confirmDestructiveChange, type ConfirmDeps } from '../confirm.js';
import { requiresWrite } from '../resource/list-command.js';
import { clusterCommand, type OperationInput } from './cluster-command.js';
import { waitForCluster, type ClusterWaitDeps } from './wait-for-cluster.js';

type Deps = Pick<Services, 'clusters'> & ConfirmDeps & ClusterWaitDeps;

export const { define } = clusterCommand({
  description: `Delete a cluster and everything that runs on it. ${requiresWrite}`,
  examples: ['delete-cluster dev-1', 'delete-cluster dev-1 --non-interactive --wait'],
  run: deleteCluster,
});

/**
 * Asks for confirmation and starts the deletion of a cluster; with `wait`, waits until it has
 * finished.
 */
export async function deleteCluster(
  { name, wait = false, waitTimeout, dryRun = false }: Omit<OperationInput, 'program'>,
  deps: Deps,
): Promise<void> {
  // Unlike the other questions of the `pks` CLI, this one has no colon.
  const question = `Are you sure you want to delete cluster ${name}? (y/n) `;
  const clusters = await deps.clusters({ dryRun });
  const find = () => clusters.get(name, { details: false });
  if (!dryRun && !(await confirmDestructiveChange(question, find, deps))) return;
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

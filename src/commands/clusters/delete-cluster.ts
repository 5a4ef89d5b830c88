import type { Services } from '../../services.js';
import { confirmDestruction, type ConfirmDeps } from '../confirm.js';
import { clusterCommand, type OperationInput } from './cluster-command.js';
import { waitForCluster, type ClusterWaitDeps } from './wait-for-cluster.js';

type Deps = Pick<Services, 'clusters'> & ConfirmDeps & ClusterWaitDeps;

export const { define } = clusterCommand({
  description: 'Delete a cluster and everything on it.',
  examples: ['delete-cluster dev-1', 'delete-cluster dev-1 --non-interactive --wait'],
  run: deleteCluster,
});

/** Asks, and starts to delete a cluster; with `wait`, returns when it is deleted. */
export async function deleteCluster(
  { name, wait = false, waitTimeout, dryRun = false }: Omit<OperationInput, 'program'>,
  deps: Deps,
): Promise<void> {
  // The original's page has no colon here, as elsewhere.
  const question = `Are you sure you want to delete cluster ${name}? (y/n) `;
  const clusters = await deps.clusters({ dryRun });
  const find = () => clusters.get(name, { details: false });
  if (!dryRun && !(await confirmDestruction(question, find, deps))) return;
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

import { isTpksError, reworded } from '../../errors.js';
import type { Cluster, ClusterUpdate } from '../../pks/clusters.js';
import type { Services } from '../../services.js';
import type { Line } from '../../terminal/terminal.js';
import type { OperationInput } from './cluster-command.js';
import { explainNewerFlags } from './newer-flags.js';
import { waitForCluster, type ClusterWaitDeps } from './wait-for-cluster.js';

export type UpdateDeps = Pick<Services, 'clusters' | 'terminal'> & ClusterWaitDeps;

interface UpdateInput extends OperationInput {
  readonly update: ClusterUpdate;
}

/** Starts to change a cluster; with `wait`, shows it when the change is finished. */
export async function startUpdate(input: UpdateInput, deps: UpdateDeps): Promise<void> {
  const { name, program, update: change, wait = false, waitTimeout, dryRun } = input;
  const clusters = await deps.clusters({ dryRun });
  await explainNewerFlags(input, clusters.update(name, change));
  if (wait) {
    await waitForCluster({ name, goal: 'succeeded', timeoutSeconds: waitTimeout }, deps);
    return;
  }
  await deps.terminal.show({
    // The API's response to a change is empty.
    json: deps.terminal.wantsJson() ? await readAfterUpdate(name, clusters.get(name)) : undefined,
    text: [monitorLine(program, name)],
    indent: 3,
  });
}

/** How to follow the operation, in the original's words. @see pks-cli, section 8 */
export function monitorLine(program: string, name: string): Line {
  return `Use '${program} cluster ${name}' to monitor the state of your cluster`;
}

/** Adds to an error that the change was started. */
async function readAfterUpdate(name: string, response: Promise<Cluster>): Promise<Cluster> {
  try {
    return await response;
  } catch (error) {
    if (!isTpksError(error)) throw error;
    throw reworded(error, {
      hint: `the change has started anyway; check it with: tpks cluster ${name}`,
    });
  }
}

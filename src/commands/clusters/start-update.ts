import { isTpksError, rewordError } from '../../errors.js';
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

/** Starts the update of a cluster; with `wait`, waits until it has finished and shows the cluster. */
export async function startUpdate(input: UpdateInput, deps: UpdateDeps): Promise<void> {
  const { name, program, update, wait = false, waitTimeout, dryRun } = input;
  const clusters = await deps.clusters({ dryRun });
  await explainNewerFlags(input, clusters.update(name, update));
  if (wait) {
    await waitForCluster({ name, goal: 'succeeded', timeoutSeconds: waitTimeout }, deps);
    return;
  }
  await deps.terminal.show({
    // The API responds to an update with an empty body.
    json: deps.terminal.wantsJson() ? await readAfterUpdate(name, clusters.get(name)) : undefined,
    text: [monitorLine(program, name)],
    indent: 3,
  });
}

/** How to follow the operation, worded like the `pks` CLI. @see pks-cli, section 8 */
export function monitorLine(program: string, name: string): Line {
  return `Use '${program} cluster ${name}' to monitor the state of your cluster`;
}

/** Adds a hint to an error: the update has started even though its result could not be read. */
async function readAfterUpdate(name: string, response: Promise<Cluster>): Promise<Cluster> {
  try {
    return await response;
  } catch (error) {
    if (!isTpksError(error)) throw error;
    throw rewordError(error, {
      hint: `the update has started; check its state: tpks cluster ${name}`,
    });
  }
}

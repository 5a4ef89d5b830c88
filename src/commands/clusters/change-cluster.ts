import { isTpksError, reworded } from '../../errors.js';
import type { Cluster, ClusterChange } from '../../pks/clusters.js';
import type { Services } from '../../services.js';
import type { Writing } from '../dry-run.js';
import type { WaitFlags } from '../waiting/wait-options.js';
import { monitorLine } from './begun.js';
import { tellingOfNewerFlags } from './newer-flags.js';
import { waitForCluster, type ClusterWaitDeps } from './wait-for-cluster.js';

export type ChangeDeps = Pick<Services, 'clusters' | 'terminal'> & ClusterWaitDeps;

export interface ChangeInput extends WaitFlags, Writing {
  readonly name: string;
  /** The word that the program was called by. */
  readonly program: string;
  readonly change: ClusterChange;
  /** The flags, for what an older server says to them. */
  readonly newer: object;
}

/** Begins to change a cluster; shows it when it is done, or how to look. */
export async function changeCluster(
  { name, program, change, newer, wait = false, waitTimeout, dryRun }: ChangeInput,
  deps: ChangeDeps,
): Promise<void> {
  const clusters = await deps.clusters({ dryRun });
  await tellingOfNewerFlags(newer, clusters.update(name, change));
  if (wait) {
    await waitForCluster({ name, goal: 'succeeded', timeoutSeconds: waitTimeout }, deps);
    return;
  }
  await deps.terminal.show({
    // The API has no word for a change that begins: what it says of the cluster comes next to it.
    json: deps.terminal.wantsJson() ? await changing(name, clusters.get(name)) : undefined,
    text: [monitorLine(program, name)],
    indent: 3,
  });
}

/** Whatever goes wrong now, the change has begun. */
async function changing(name: string, answer: Promise<Cluster>): Promise<Cluster> {
  try {
    return await answer;
  } catch (error) {
    if (!isTpksError(error)) throw error;
    throw reworded(error, {
      hint: `the change has begun all the same; look again: tpks cluster ${name}`,
    });
  }
}

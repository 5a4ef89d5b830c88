import { TpksError } from '../../errors.js';
import type { Cluster } from '../../pks/clusters.js';
import { confirmDestructiveChange, type ConfirmDeps } from '../confirm.js';
import { requiresWrite } from '../resource/list-command.js';
import { startUpdate, type UpdateDeps } from './start-update.js';
import { clusterCommand, type OperationInput } from './cluster-command.js';
import {
  readSettings,
  sizeOptions,
  tagsOption,
  toUpdate,
  type SettingFlags,
  type Settings,
} from './settings.js';

type Deps = UpdateDeps & ConfirmDeps;

type Input = Pick<SettingFlags, 'numNodes' | 'nodePoolInstances' | 'tags'> & OperationInput;

export const { define } = clusterCommand({
  description:
    'Change the number of worker nodes of a cluster, like `tpks update-cluster --num-nodes`. ' +
    requiresWrite,
  examples: ['resize dev-1 --num-nodes 3', 'resize dev-1 -n 3 --wait --json --non-interactive'],
  options: () => [...sizeOptions(), tagsOption()],
  run: resize,
});

/** Asks for confirmation and starts the resize of a cluster. */
export async function resize(input: Input, deps: Deps): Promise<void> {
  const { name, numNodes, nodePoolInstances, wait = false, dryRun = false } = input;
  const size = numNodes ?? nodePoolInstances;
  const settings = await readSettings(input, deps.terminal, [
    () => {
      if (size !== undefined) return;
      throw new TpksError('usage', 'Missing number of workers: use --num-nodes', {
        hint: `for example: tpks resize ${name} --num-nodes 3`,
      });
    },
  ]);
  if (!dryRun) {
    if (deps.terminal.wantsJson() && !wait) throw jsonNeedsWait();
    const question = `Are you sure you want to resize cluster ${name} to ${size ?? ''}? (y/n): `;
    const terminalQuestion = (cluster: Cluster) => resizeQuestion(cluster, size ?? '', settings);
    const find = async () => (await deps.clusters()).get(name, { details: false });
    if (!(await confirmDestructiveChange({ question, find, terminalQuestion }, deps))) return;
  }
  await startUpdate({ ...input, update: toUpdate(settings) }, deps);
}

/** Returns the prompt with the effect on the workers, e.g. `Resize dev-1 from 2 to 1 worker? 1 worker will be deleted.` */
function resizeQuestion(
  { name, parameters }: Cluster,
  size: string,
  { workers, nodePools }: Settings,
): string {
  const current = parameters?.['kubernetes_worker_instances'];
  // The API returns only the total number of workers, and `--num-nodes` has no effect on node pools.
  if (workers === undefined || nodePools !== undefined) return `Resize ${name} to ${size}? (y/n): `;
  const target = formatWorkers(workers);
  if (typeof current !== 'number') return `Resize ${name} to ${target}? (y/n): `;
  const difference = workers - current;
  if (difference === 0) return `Resize ${name} to ${target}? It already has ${target}. (y/n): `;
  const effect = `${formatWorkers(Math.abs(difference))} will be ${difference > 0 ? 'added' : 'deleted'}`;
  return `Resize ${name} from ${String(current)} to ${target}? ${effect}. (y/n): `;
}

function formatWorkers(count: number): string {
  return `${String(count)} ${count === 1 ? 'worker' : 'workers'}`;
}

/** The API responds to a resize with an empty body. @see pks-cli, section 14 */
function jsonNeedsWait(): TpksError {
  return new TpksError('usage', '--json cannot be used without --wait', {
    hint: 'add --wait, or omit --json and run: tpks cluster NAME --json',
  });
}

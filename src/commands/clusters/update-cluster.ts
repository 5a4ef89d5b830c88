import type { Cluster, ClusterUpdate } from '../../api/pks/clusters.js';
import type { Services } from '../../app/services.js';
import { isTpksError, rewordError, TpksError } from '../../base/errors.js';
import { confirmDestructiveChange, type ConfirmDeps } from '../confirm.js';
import { requiresWrite } from '../resource/list-command.js';
import { waitForCluster, type ClusterWaitDeps } from '../waiting/wait-for-cluster.js';
import {
  clusterCommand,
  explainNewerFlags,
  type OperationInput,
  monitorLine,
} from './cluster-command.js';
import { explainExceededQuota, type QuotaDeps } from './exceeded-quota.js';
import {
  formatSettings,
  readSettings,
  resizeOptions,
  updateOptions,
  type SettingFlags,
} from './settings.js';

type Deps = Pick<Services, 'terminal'> & QuotaDeps & ClusterWaitDeps & ConfirmDeps;

type UpdateInput = SettingFlags & OperationInput;

export const update = clusterCommand({
  description:
    'Update the size, profiles, tags or drain settings of a cluster. --tags replaces all tags, and ' +
    `--tags "" removes them. Asks for confirmation (unless --yes). ${requiresWrite}`,
  examples: {
    'change the number of workers and the drain timeout':
      'tpks update-cluster dev-1 --num-nodes 4 --kubelet-drain-timeout 1',
    'set the tags in a script, and wait until the update has finished':
      'tpks update-cluster dev-1 --tags client:example.com --non-interactive --wait',
  },
  options: updateOptions,
  run: updateCluster,
});

export async function updateCluster(input: UpdateInput, deps: Deps): Promise<void> {
  const change = await readSettings(input, deps.terminal);
  if (Object.keys(change).length === 0) {
    throw new TpksError('usage', 'Nothing to update', {
      hint: 'add an option such as --num-nodes 4 or --tags team:blue: tpks update-cluster --help',
    });
  }
  if (input.dryRun !== true) {
    await deps.terminal.announce([
      `Update summary for cluster ${input.name}:`,
      ...formatSettings(input),
    ]);
    const question = 'Are you sure you want to continue?';
    const find = () => deps.clusters().get(input.name, { details: false });
    if (!(await confirmDestructiveChange({ question, find }, deps))) return;
  }
  await startUpdate(input, change, deps);
}

type ResizeInput = Pick<SettingFlags, 'numNodes' | 'nodePoolInstances' | 'tags'> & OperationInput;

export const resizeCommand = clusterCommand({
  description:
    'Change the number of worker nodes of a cluster, like `tpks update-cluster --num-nodes`. ' +
    `Asks for confirmation (unless --yes). ${requiresWrite}`,
  examples: {
    'change the number of workers to three': 'tpks resize dev-1 --num-nodes 3',
    'resize in a script, and print the cluster when it is ready':
      'tpks resize dev-1 -n 3 --wait --json --non-interactive',
  },
  options: resizeOptions,
  run: resize,
});

export async function resize(input: ResizeInput, deps: Deps): Promise<void> {
  const { name, numNodes, nodePoolInstances, wait = false, dryRun = false } = input;
  const size = numNodes ?? nodePoolInstances;
  const change = await readSettings(input, deps.terminal, [
    () => {
      if (size !== undefined) return;
      throw new TpksError('usage', 'Missing --num-nodes', {
        hint: `for example: tpks resize ${name} --num-nodes 3`,
      });
    },
  ]);
  let before: Cluster | undefined;
  if (!dryRun) {
    if (deps.terminal.wantsJson() && !wait) throw jsonNeedsWait();
    const question = `Are you sure you want to resize cluster ${name} to ${size ?? ''}?`;
    const terminalQuestion = (cluster: Cluster) => resizeQuestion(cluster, size ?? '', change);
    const find = async () => (before = await deps.clusters().get(name, { details: false }));
    if (!(await confirmDestructiveChange({ question, find, terminalQuestion }, deps))) return;
    // Without a prompt, the cluster has not been read yet. If it cannot be read, the update reports the reason.
    if (wait && deps.terminal.usesScreen()) before ??= await find().catch(() => undefined);
  }
  await startUpdate(input, change, deps, describeResize(name, size ?? '', { before, change }));
}

/** Describes the result of a resize, e.g. `Resized dev-1 from 2 to 5 workers`. */
function describeResize(
  name: string,
  size: string,
  { before, change }: { readonly before: Cluster | undefined; readonly change: ClusterUpdate },
): string {
  const { kubernetes_worker_instances: workers, node_pool_instances: nodePools } = change;
  if (typeof workers !== 'number' || nodePools !== undefined) return `Resized ${name} to ${size}`;
  const current = before?.parameters?.['kubernetes_worker_instances'];
  const from = typeof current === 'number' && current !== workers ? ` from ${String(current)}` : '';
  return `Resized ${name}${from} to ${formatWorkers(workers)}`;
}

/** Returns the prompt with the effect on the workers, e.g. `Resize dev-1 from 2 to 1 worker? 1 worker will be deleted.` */
function resizeQuestion(
  { name, parameters }: Cluster,
  size: string,
  { kubernetes_worker_instances: workers, node_pool_instances: nodePools }: ClusterUpdate,
): string {
  const current = parameters?.['kubernetes_worker_instances'];
  // The API returns only the total number of workers, and `--num-nodes` has no effect on node pools.
  if (typeof workers !== 'number' || nodePools !== undefined) return `Resize ${name} to ${size}?`;
  const target = formatWorkers(workers);
  if (typeof current !== 'number') return `Resize ${name} to ${target}?`;
  const difference = workers - current;
  if (difference === 0) return `Resize ${name} to ${target}? It already has ${target}.`;
  const effect = `${formatWorkers(Math.abs(difference))} will be ${difference > 0 ? 'added' : 'deleted'}`;
  return `Resize ${name} from ${String(current)} to ${target}? ${effect}.`;
}

function formatWorkers(count: number): string {
  return `${String(count)} ${count === 1 ? 'worker' : 'workers'}`;
}

/** The API responds to a resize with an empty body. @see docs/contributing/servers/pks-cli.md#json */
function jsonNeedsWait(): TpksError {
  return new TpksError('usage', '--json cannot be used without --wait', {
    hint: 'add --wait, or omit --json and run: tpks cluster NAME --json',
  });
}

/** @param success - the text to show if the update succeeds; by default, `Updated NAME`. */
async function startUpdate(
  input: UpdateInput,
  change: ClusterUpdate,
  deps: Deps,
  success?: string,
): Promise<void> {
  const { name, program, wait = false, waitTimeout, dryRun } = input;
  const clusters = deps.clusters({ dryRun });
  const sentAt = deps.clock.monotonic();
  const update = explainNewerFlags(input, clusters.update(name, change));
  const isResized = ['kubernetes_worker_instances', 'node_pool_instances'].some(
    (field) => change[field] !== undefined,
  );
  await (isResized ? explainExceededQuota({ cluster: name, change }, deps, update) : update);
  if (wait) {
    const timeoutSeconds = waitTimeout;
    await waitForCluster({ name, goal: 'succeeded', timeoutSeconds, sentAt, success }, deps);
    return;
  }
  await deps.terminal.show({
    // The API responds to an update with an empty body.
    json: deps.terminal.wantsJson() ? await readAfterUpdate(name, clusters.get(name)) : undefined,
    text: [monitorLine(program, name)],
    indent: 3,
  });
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

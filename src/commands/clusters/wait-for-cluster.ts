import { isTpksError, TpksError } from '../../errors.js';
import type { Cluster } from '../../pks/clusters.js';
import type { Services } from '../../services.js';
import { watch, type WatchDeps } from '../waiting/watch.js';
import { formatClusterDetails } from './cluster-view.js';

export type ClusterWaitDeps = WatchDeps & Pick<Services, 'clusters'>;

/** What is waited for. Without it: the end of whatever is being done. */
export type Goal = 'succeeded' | 'deleted';

interface ClusterWait {
  readonly name: string;
  readonly goal?: Goal | undefined;
  readonly timeoutSeconds?: number | undefined;
}

/** A cluster that is no more. */
type Gone = 'gone';

/**
 * Waits for the end of what is being done with a cluster, and shows it as it is then.
 *
 * @throws {TpksError} `failed` in the server's words when it failed; what `watch` throws.
 */
export async function waitForCluster(wait: ClusterWait, deps: ClusterWaitDeps): Promise<void> {
  const { name } = wait;
  const last = await watchCluster(wait, deps);
  if (last.cluster === 'gone') {
    if (last.goal === 'succeeded') throw notFoundError(name);
    await deps.terminal.show({
      json: { name, deleted: true },
      text: [`Deletion of ${name} completed`],
      indent: 3,
    });
    return;
  }
  const { cluster } = last;
  await deps.terminal.show({
    json: cluster,
    text: formatClusterDetails(cluster, { details: false }),
    indent: 3,
  });
  if (cluster.last_action_state === 'failed') throw operationFailedError(cluster);
  if (last.goal === 'deleted') throw notBeingDeletedError(cluster);
}

async function watchCluster(
  { name, goal: wanted, timeoutSeconds }: ClusterWait,
  deps: ClusterWaitDeps,
): Promise<{ readonly cluster: Cluster | Gone; readonly goal: Goal }> {
  const clusters = await deps.clusters();
  let goal = wanted;
  const cluster = await watch<Cluster | Gone>(
    {
      what: `cluster ${name}`,
      lookAgain: `tpks cluster ${name}`,
      waitAgain: `tpks wait ${name}${wanted === undefined ? '' : ` --for ${wanted}`}`,
      timeoutSeconds,
      look: async () => {
        try {
          const seen = await clusters.get(name);
          // Of a cluster that is being deleted the end is that it is gone.
          goal ??= seen.last_action === 'DELETE' && isBusy(seen) ? 'deleted' : 'succeeded';
          return seen;
        } catch (error) {
          if (isTpksError(error) && error.kind === 'notFound' && goal !== undefined) return 'gone';
          throw error;
        }
      },
      lines: (seen) => [{ text: formatProgress(name, seen), isOver: isFinished(seen) }],
      isOver: isFinished,
    },
    deps,
  );
  return { cluster, goal: goal ?? 'succeeded' };
}

function isFinished(seen: Cluster | Gone): boolean {
  return seen === 'gone' || !isBusy(seen);
}

/** Whether something is being done with it. @see pks-api, section 7.6 */
function isBusy({ last_action_state: state }: Cluster): boolean {
  return state === 'in progress' || state === 'queued';
}

function formatProgress(name: string, cluster: Cluster | Gone): string {
  if (cluster === 'gone') return `${name}: deleted`;
  const { last_action_state: state, last_action_description: description } = cluster;
  return [name, state, description]
    .filter((part) => part !== undefined && part !== null)
    .join(': ');
}

function operationFailedError({
  name,
  last_action: action,
  last_action_description: description,
}: Cluster) {
  return new TpksError(
    'failed',
    `${action ?? 'The last action'} of cluster ${name} failed: ${description ?? 'the server does not say why'}`,
    {
      hint: `tpks cluster ${name} --details`,
    },
  );
}

function notBeingDeletedError({ name, last_action: action }: Cluster): TpksError {
  return new TpksError(
    'failed',
    `Nobody is deleting cluster ${name}: what was done with it last is ${action ?? 'unknown'}`,
    { hint: `tpks delete-cluster ${name}` },
  );
}

function notFoundError(name: string): TpksError {
  return new TpksError('notFound', `Cluster ${name} not found`, {
    hint: 'it was deleted meanwhile; tpks clusters lists those you may see',
    status: 404,
  });
}

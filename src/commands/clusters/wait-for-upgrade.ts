import { TpksError } from '../../errors.js';
import type { Clusters } from '../../pks/clusters.js';
import type { Task } from '../../pks/tasks.js';
import type { Services } from '../../services.js';
import { waitForOperation, type WaitDeps } from '../waiting/wait-for-operation.js';
import { findNotUpgraded, isTaskFinished, formatProgress, formatEvents } from './upgrade-events.js';

export type UpgradeWaitDeps = WaitDeps & Pick<Services, 'clusters' | 'tasks'>;

/**
 * Waits until an upgrade has finished. Prints the events as they happen, worded like the `pks` CLI.
 *
 * @param wait.id - the id of the upgrade task.
 * @throws {TpksError} `failed` if a cluster was not upgraded, and the errors of
 *   {@link waitForOperation}.
 * @see pks-cli, section 8.5
 */
export async function waitForUpgrade(
  { id, timeoutSeconds }: { readonly id: string; readonly timeoutSeconds?: number | undefined },
  deps: UpgradeWaitDeps,
): Promise<void> {
  const { terminal } = deps;
  const [tasks, clusters] = await Promise.all([deps.tasks(), deps.clusters()]);
  let before: Task | undefined;
  const last = await waitForOperation<Task>(
    {
      label: `upgrade task ${id}`,
      statusCommand: `tpks task ${id}`,
      waitCommand: 'tpks wait CLUSTER',
      timeoutSeconds,
      read: () => tasks.get(id),
      formatLines: formatProgress,
      hasOwnEvents: !terminal.wantsJson(),
      onResult: async (task) => {
        const events = formatEvents(before, task);
        before = task;
        if (events.length > 0 && !terminal.wantsJson()) {
          await terminal.show({ json: undefined, text: events });
        }
      },
      isFinished: isTaskFinished,
    },
    deps,
  );
  await terminal.show({
    json: last,
    text: [`Upgrade task ${id} is ${last.status ?? 'done'}.`],
    indent: 3,
  });
  const notUpgraded = findNotUpgraded(last);
  // The server removes clusters whose upgrade has not started from a canceled task.
  if (last.status === 'canceled') throw upgradeFailedError(last, 'The upgrade was canceled');
  if (notUpgraded.length > 0) {
    const reason = await findReason(notUpgraded, clusters);
    throw upgradeFailedError(last, `Failed to upgrade ${notUpgraded.join(', ')}: ${reason}`);
  }
}

function upgradeFailedError({ uuid }: Task, message: string): TpksError {
  return new TpksError('failed', message, {
    hint: `show the state of each cluster: tpks task ${uuid}`,
  });
}

/** Returns why an upgrade failed. The task does not contain the reason, but the failed cluster does. */
async function findReason(names: readonly string[], clusters: Clusters): Promise<string> {
  for (const name of names) {
    const cluster = await clusters.get(name).catch(() => undefined);
    const { last_action_state: state, last_action_description: description } = cluster ?? {};
    if (state === 'failed' && typeof description === 'string') return description;
  }
  return 'the server gave no reason';
}

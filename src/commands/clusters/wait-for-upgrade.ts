import { TpksError } from '../../errors.js';
import type { Clusters } from '../../pks/clusters.js';
import type { Task } from '../../pks/tasks.js';
import type { Services } from '../../services.js';
import { watch, type WatchDeps } from '../waiting/watch.js';
import { findNotUpgraded, isTaskFinished, formatProgress, formatEvents } from './upgrade-events.js';

export type UpgradeWaitDeps = WatchDeps & Pick<Services, 'clusters' | 'tasks'>;

/**
 * Waits for an upgrade to finish, and prints each event as it happens, in the original's words.
 *
 * @param wait.id - of the task.
 * @throws {TpksError} `failed` if a cluster was not upgraded; what `watch` throws.
 * @see pks-cli, section 8.5
 */
export async function waitForUpgrade(
  { id, timeoutSeconds }: { readonly id: string; readonly timeoutSeconds?: number | undefined },
  deps: UpgradeWaitDeps,
): Promise<void> {
  const { terminal } = deps;
  const [tasks, clusters] = await Promise.all([deps.tasks(), deps.clusters()]);
  let before: Task | undefined;
  const last = await watch<Task>(
    {
      what: `upgrade task ${id}`,
      lookAgain: `tpks task ${id}`,
      waitAgain: 'tpks wait CLUSTER',
      timeoutSeconds,
      look: () => tasks.get(id),
      // On a terminal without repainting, the events are the lines.
      lines: (task) => (terminal.canRepaint() || terminal.wantsJson() ? formatProgress(task) : []),
      onSeen: async (task) => {
        const events = formatEvents(before, task);
        before = task;
        if (events.length > 0 && !terminal.wantsJson()) {
          await terminal.show({ json: undefined, text: events });
        }
      },
      isOver: isTaskFinished,
    },
    deps,
  );
  await terminal.show({
    json: last,
    text: [`Upgrade task ${id} is ${last.status ?? 'over'}.`],
    indent: 3,
  });
  const bad = findNotUpgraded(last);
  // The server removes clusters that were not started from a canceled task.
  if (last.status === 'canceled') throw upgradeFailedError(last, 'The upgrade was canceled');
  if (bad.length > 0) {
    throw upgradeFailedError(
      last,
      `Not upgraded: ${bad.join(', ')}: ${await findReason(bad, clusters)}`,
    );
  }
}

function upgradeFailedError({ uuid }: Task, why: string): TpksError {
  return new TpksError('failed', why, {
    hint: `tpks task ${uuid} shows what became of each`,
  });
}

/** A task does not say why; the cluster that failed does. */
async function findReason(names: readonly string[], clusters: Clusters): Promise<string> {
  for (const name of names) {
    const cluster = await clusters.get(name).catch(() => undefined);
    const { last_action_state: state, last_action_description: description } = cluster ?? {};
    if (state === 'failed' && typeof description === 'string') return description;
  }
  return 'the server does not say why';
}

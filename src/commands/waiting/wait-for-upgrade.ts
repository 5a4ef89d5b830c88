import type { Cluster, Clusters, Task } from '../../api/pks/clusters.js';
import type { Services } from '../../app/services.js';
import { formatDuration } from '../../base/clock.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import { fitLines } from '../../platform/terminal/screen.js';
import { joinNames } from '../clusters/parse-lists.js';
import { toDate } from '../format-time.js';
import type { ProgressLine } from './progress.js';
import {
  formatContextOption,
  formatTimeSince,
  waitForOperation,
  type WaitDeps,
} from './wait-for-operation.js';

export type UpgradeWaitDeps = WaitDeps &
  Pick<Services, 'clusters' | 'options' | 'tasks' | 'serverClock'>;

interface UpgradeWait {
  /** The id of the upgrade task. */
  readonly id: string;
  readonly timeoutSeconds?: number | undefined;
  /** When this command started the upgrade (`clock.monotonic`); absent if another command did. */
  readonly sentAt?: number | undefined;
}

/**
 * Waits until an upgrade has finished. Prints the events as they happen, worded like the `pks` CLI, unless a
 * terminal shows one line for each cluster.
 * @throws {TpksError} `failed` if a cluster was not upgraded, and the errors of
 *   {@link waitForOperation}.
 * @see docs/contributing/servers/pks-cli.md#upgrades
 */
export async function waitForUpgrade(
  { id, timeoutSeconds, sentAt }: UpgradeWait,
  deps: UpgradeWaitDeps,
): Promise<void> {
  const { terminal, tasks } = deps;
  const contextOption = formatContextOption(deps);
  const printsEvents = !terminal.wantsJson() && !terminal.usesLiveScreen();
  const last = await waitForOperation<Task>(
    {
      label: `upgrade task ${id}`,
      statusCommand: `tpks task ${id}${contextOption}`,
      waitCommand: `tpks wait --task ${id}${contextOption}`,
      timeoutSeconds,
      sentAt,
      read: () => tasks.get(id),
      formatLines: (task) => readProgress(task, deps),
      hasOwnEvents: !terminal.wantsJson(),
      onResult: async (task, previous) => {
        const events = formatEvents(previous, task);
        if (events.length > 0 && printsEvents) {
          await terminal.show({ json: undefined, text: events });
        }
      },
      isFinished: isTaskFinished,
    },
    deps,
  );
  const notUpgraded = findNotUpgraded(last);
  const hasFailed = last.status === 'canceled' || notUpgraded.length > 0;
  const success =
    terminal.usesScreen() && !hasFailed ? [await formatSuccess(last, sentAt, deps)] : [];
  await terminal.show({
    json: last,
    text: [`Upgrade task ${id} is ${last.status ?? 'done'}.`],
    screen: (width) => fitLines(success, width),
    indent: 3,
  });
  // The server removes clusters whose upgrade has not started from a canceled task.
  if (last.status === 'canceled') throw upgradeFailedError(last, 'The upgrade was canceled');
  if (notUpgraded.length > 0) {
    const reason = await findReason(notUpgraded, deps.clusters());
    throw upgradeFailedError(last, `Failed to upgrade ${notUpgraded.join(', ')}: ${reason}`, [
      `try again: tpks upgrade-clusters --clusters ${notUpgraded.join(',')}`,
    ]);
  }
}

function upgradeFailedError(
  { uuid }: Task,
  message: string,
  nextSteps: readonly string[] = [],
): TpksError {
  return new TpksError('failed', message, {
    hint: [`show the state of each cluster: tpks task ${uuid}`, ...nextSteps].join('\n'),
  });
}

/** Returns why an upgrade failed. The task does not contain the reason, but the failed cluster does. */
async function findReason(names: readonly string[], clusters: Clusters): Promise<string> {
  for (const name of names) {
    const cluster = await readCluster(name, clusters);
    const { last_action_state: state, last_action_description: description } = cluster ?? {};
    if (state === 'failed' && typeof description === 'string') return description;
  }
  return 'the server gave no reason';
}

type TaskCluster = NonNullable<Task['clusters']>[number];

/** Returns the progress of each cluster. Until its upgrade starts, the time counts from the start of the task. */
function readProgress(
  { clusters, start_time: taskStart }: Task,
  { serverClock }: Pick<UpgradeWaitDeps, 'serverClock'>,
): ProgressLine[] {
  const offset = (serverClock.offsetSeconds() ?? 0) * 1000;
  const toLocalTime = (epoch: unknown) => {
    const time = toDate(epoch);
    return time && new Date(time.getTime() - offset);
  };
  return (clusters ?? []).map((cluster) => ({
    name: cluster.cluster_name,
    state: cluster.last_action_state ?? 'unknown',
    isFinished: hasEnded(cluster),
    startedAt: toLocalTime(cluster.start_time) ?? toLocalTime(taskStart),
    endedAt: hasEnded(cluster) ? toLocalTime(cluster.end_time) : undefined,
  }));
}

/**
 * Finds the start time of a cluster's current upgrade.
 * @returns `undefined` if no recent task contains it, or if the tasks cannot be read.
 */
export async function findUpgradeStart(
  name: string,
  deps: Pick<UpgradeWaitDeps, 'tasks' | 'serverClock'>,
): Promise<Date | undefined> {
  const tasks = await deps.tasks.list(maximumTasks).catch((error: unknown) => {
    if (!isTpksError(error)) throw error;
    return [];
  });
  return tasks
    .flatMap((task) => readProgress(task, deps))
    .find((line) => line.name === name && !line.isFinished)?.startedAt;
}

/** The API returns the latest tasks first. */
const maximumTasks = 10;

/** Formats the result of a successful upgrade, e.g. `Upgraded dev-1 and dev-2 to 1.7.0-build.26 in 9 min`. */
async function formatSuccess(
  task: Task,
  sentAt: number | undefined,
  deps: UpgradeWaitDeps,
): Promise<string> {
  const names = (task.clusters ?? []).map(({ cluster_name: name }) => name);
  const [first] = names;
  // The task does not contain the new version, so read it from a cluster.
  const upgraded = first === undefined ? undefined : await readCluster(first, deps.clusters());
  const version = upgraded?.pks_version;
  const duration = formatTaskDuration(task, sentAt, deps);
  const subject =
    names.length > maximumNames ? `${String(names.length)} clusters` : joinNames(names);
  return `Upgraded ${subject}${version ? ` to ${version}` : ''}${duration}`;
}

const maximumNames = 5;

/** Returns the text ` in DURATION`; an empty string if the duration is unknown. */
function formatTaskDuration(
  { start_time, end_time }: Task,
  sentAt: number | undefined,
  { clock }: Pick<UpgradeWaitDeps, 'clock'>,
): string {
  const [start, end] = [toDate(start_time), toDate(end_time)];
  if (start !== undefined && end !== undefined && end >= start)
    return ` in ${formatDuration(Math.floor((end.getTime() - start.getTime()) / 1000))}`;
  return sentAt === undefined ? '' : ` in ${formatTimeSince(sentAt, clock)}`;
}

/** Returns `undefined` if the cluster cannot be read. */
async function readCluster(name: string, clusters: Clusters): Promise<Cluster | undefined> {
  return clusters.get(name).catch(() => undefined);
}

/** Whether a task has finished. Running upgrades continue after the task has been canceled. */
export function isTaskFinished(task: Task): boolean {
  const isRunning = (task.clusters ?? []).some(
    ({ last_action_state: state }) => state === 'in progress',
  );
  return (task.status === 'done' || task.status === 'canceled') && !isRunning;
}

/** Returns the clusters of a finished task whose upgrade failed or never started. */
function findNotUpgraded(task: Task): string[] {
  return (task.clusters ?? [])
    .filter(({ last_action_state: state }) => state !== 'succeeded')
    .map(({ cluster_name: name }) => name);
}

/**
 * Formats what has happened between two responses, worded like the `pks` CLI.
 * @param before - the task in the previous response; `undefined` for the first one.
 * @see docs/contributing/servers/pks-cli.md#upgrades
 */
function formatEvents(before: Task | undefined, task: Task): string[] {
  const hasCanaries = (task.clusters ?? []).some(({ is_canary: isCanary }) => isCanary === true);
  const previous = new Map(
    (before?.clusters ?? []).map((cluster) => [cluster.cluster_name, cluster]),
  );
  return (task.clusters ?? []).flatMap((cluster) => {
    const old = previous.get(cluster.cluster_name);
    return [
      ...(hasStarted(cluster) && !(old && hasStarted(old))
        ? [`Started upgrading cluster: ${cluster.cluster_name}`]
        : []),
      ...(hasEnded(cluster) && !(old && hasEnded(old)) ? [formatEnd(cluster, hasCanaries)] : []),
    ];
  });
}

function formatEnd(
  { cluster_name: name, last_action_state: state }: TaskCluster,
  hasCanaries: boolean,
): string {
  if (state === 'failed') return `Upgrading cluster failed: ${name}`;
  return hasCanaries
    ? `Upgrading cluster succeeded: ${name}`
    : `Finished upgrading cluster: ${name}`;
}

function hasStarted(cluster: TaskCluster): boolean {
  return cluster.last_action_state === 'in progress' || hasEnded(cluster);
}

function hasEnded({ last_action_state: state }: TaskCluster): boolean {
  return state === 'succeeded' || state === 'failed';
}

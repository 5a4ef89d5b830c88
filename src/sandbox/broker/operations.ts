import { randomInt, randomUUID } from 'node:crypto';
import type { Cluster } from './cluster.js';
import type { Instance, Run, Step } from './state.js';
import type { TaskCluster } from './tasks.js';

/** A scheduled operation on a cluster. */
export interface Operation {
  readonly action: Cluster['last_action'];
  readonly run: Run;
  readonly fails: boolean;
  /** Changes to the cluster if the operation succeeds. */
  readonly result?: Partial<Cluster>;
}

/** Nouns that the broker uses for the operations. @see pks-cli, section 13 */
const actionNouns: Readonly<Record<Operation['action'], string>> = {
  CREATE: 'provisioning',
  UPDATE: 'update',
  DELETE: 'deletion',
  UPGRADE: 'upgrade',
};

/** Returns the cluster with the steps of the operation. @param now - epoch milliseconds */
export function scheduleOperation(
  { owner, cluster }: Instance,
  { action, run, fails, result = {} }: Operation,
  now: number,
): Instance {
  const noun = actionNouns[action];
  const started: Step = {
    at: run.startsAt,
    change: {
      last_action: action,
      last_action_state: 'in progress',
      last_action_description:
        action === 'CREATE' ? 'Creating cluster' : `Instance ${noun} in progress`,
    },
  };
  const progressed: Step = {
    at: run.startsAt + (run.endsAt - run.startsAt) / 4,
    change: { last_action_description: `Instance ${noun} in progress` },
  };
  const succeeded: Step = {
    at: run.endsAt,
    change: {
      ...result,
      last_action_state: 'succeeded',
      last_action_description: `Instance ${noun} completed`,
    },
    ...(action === 'DELETE' && { isEnd: true }),
  };
  const failed: Step = {
    at: run.endsAt,
    change: {
      last_action_state: 'failed',
      last_action_description: describeFailure(cluster, action),
    },
  };
  return {
    owner,
    cluster,
    run,
    steps: [
      ...(run.startsAt > now ? [createQueuedStep(action, now)] : []),
      started,
      ...(action === 'CREATE' ? [progressed] : []),
      fails ? failed : succeeded,
    ],
  };
}

/**
 * Returns the cluster with an operation that is queued but never starts. The cluster returns to its
 * previous state at the time `until`.
 */
export function scheduleSkippedOperation(
  { owner, cluster }: Instance,
  action: Operation['action'],
  now: number,
  until: number,
): Instance {
  const { last_action, last_action_state, last_action_description } = cluster;
  const before = { last_action, last_action_state, last_action_description };
  return { owner, cluster, steps: [createQueuedStep(action, now), { at: until, change: before }] };
}

function createQueuedStep(action: Operation['action'], time: number): Step {
  return {
    at: time,
    change: {
      last_action: action,
      last_action_state: 'queued',
      last_action_description: `Instance ${actionNouns[action]} queued`,
    },
  };
}

/** Returns the description of a failed operation. @see pks-api, section 11 */
function describeFailure({ uuid }: Cluster, action: Operation['action']): string {
  return (
    'There was a problem completing your request. Please contact your operations team ' +
    `providing the following information: service: p.pks, service-instance-guid: ${uuid}, ` +
    `broker-request-id: ${randomUUID()}, task-id: ${String(randomInt(1000, 10_000))}, ` +
    `operation: ${action.toLowerCase()}`
  );
}

/** Number of BOSH workers, each of which runs one operation. @see pks-cli, section 8.5 */
export const workerCount = 5;

/**
 * Finds the earliest time, not before `start`, at which fewer than `limit` of the runs are active.
 *
 * @returns epoch milliseconds.
 */
export function findFreeTime(otherRuns: readonly Run[], start: number, limit: number): number {
  const ends = otherRuns.map(({ endsAt }) => endsAt).filter((end) => end > start);
  const findRunsAt = (time: number) =>
    otherRuns.filter((run) => run.startsAt <= time && time < run.endsAt);
  const candidates = [start, ...ends.sort((a, b) => a - b)];
  return candidates.find((time) => findRunsAt(time).length < limit) ?? start;
}

interface UpgradePlan {
  readonly canaries: readonly string[];
  readonly others: readonly string[];
  readonly maxInFlight: number;
  /** Whether the upgrade of this cluster will fail. */
  readonly fails: (name: string) => boolean;
}

/**
 * Schedules the canaries one after the other, and then the others, at most `maxInFlight` at once.
 * If a canary fails, the upgrades after it never start. Other failures have no effect.
 *
 * @param otherRuns - runs that occupy a worker.
 * @param start - earliest start, in epoch milliseconds.
 * @param milliseconds - duration of each upgrade.
 * @see pks-cli, section 8.5
 */
export function scheduleUpgrade(
  { canaries, others, maxInFlight, fails }: UpgradePlan,
  otherRuns: readonly Run[],
  start: number,
  milliseconds: number,
): TaskCluster[] {
  const scheduled: Run[] = [];
  let isStopped = false;
  let earliest = start;
  const schedule = (name: string, isCanary: boolean): TaskCluster => {
    if (isStopped) return { name, isCanary };
    const earliestSlot = findFreeTime(scheduled, earliest, isCanary ? 1 : maxInFlight);
    const startsAt = findFreeTime([...otherRuns, ...scheduled], earliestSlot, workerCount);
    const run = { startsAt, endsAt: startsAt + milliseconds, fails: fails(name) };
    scheduled.push(run);
    if (isCanary) {
      earliest = run.endsAt;
      isStopped = run.fails;
    }
    return { name, isCanary, run };
  };
  return [
    ...canaries.map((name) => schedule(name, true)),
    ...others.map((name) => schedule(name, false)),
  ];
}

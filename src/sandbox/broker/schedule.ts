import type { Run } from './state.js';
import type { TaskCluster } from './tasks.js';

/** Number of BOSH workers, each of which runs one operation. @see pks-cli, section 8.5 */
export const workerCount = 5;

/**
 * Finds the earliest time, not before `from`, at which fewer than `limit` of the runs are active.
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

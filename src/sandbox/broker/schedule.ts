import type { Run } from './state.js';
import type { TaskCluster } from './tasks.js';

/** Number of concurrent operations: BOSH's workers. @see pks-cli, section 8.5 */
export const workerCount = 5;

/**
 * @param otherRuns - when other operations run.
 * @returns the first instant, from `from` on, at which fewer than `limit` of them run.
 */
export function findFreeTime(otherRuns: readonly Run[], from: number, limit: number): number {
  const ends = otherRuns.map(({ endsAt }) => endsAt).filter((end) => end > from);
  const runsAt = (at: number) => otherRuns.filter((run) => run.startsAt <= at && at < run.endsAt);
  const candidates = [from, ...ends.sort((a, b) => a - b)];
  return candidates.find((at) => runsAt(at).length < limit) ?? from;
}

interface UpgradePlan {
  readonly canaries: readonly string[];
  readonly others: readonly string[];
  readonly maxInFlight: number;
  /** Whether the upgrade of this cluster will fail. */
  readonly fails: (name: string) => boolean;
}

/**
 * Canaries one after the other, then the others, `maxInFlight` at once. A canary that fails stops
 * everything after it; another cluster does not.
 *
 * @param otherRuns - operations that occupy a worker.
 * @param from - epoch milliseconds.
 * @see pks-cli, section 8.5
 */
export function scheduleUpgrade(
  { canaries, others, maxInFlight, fails }: UpgradePlan,
  otherRuns: readonly Run[],
  from: number,
  milliseconds: number,
): TaskCluster[] {
  const scheduled: Run[] = [];
  let isStopped = false;
  let earliest = from;
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

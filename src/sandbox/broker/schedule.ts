import type { Run } from './state.js';
import type { TaskCluster } from './tasks.js';

/** Number of concurrent operations: BOSH's workers. @see pks-cli, section 8.5 */
export const workers = 5;

/**
 * @param busy - when other operations run.
 * @returns the first instant, from `from` on, at which fewer than `limit` of them run.
 */
export function firstFree(busy: readonly Run[], from: number, limit: number): number {
  const ends = busy.map(({ endsAt }) => endsAt).filter((end) => end > from);
  const running = (at: number) => busy.filter((run) => run.startsAt <= at && at < run.endsAt);
  const instants = [from, ...ends.sort((a, b) => a - b)];
  return instants.find((at) => running(at).length < limit) ?? from;
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
 * @param busy - operations that occupy a worker.
 * @param from - epoch milliseconds.
 * @see pks-cli, section 8.5
 */
export function scheduleUpgrade(
  { canaries, others, maxInFlight, fails }: UpgradePlan,
  busy: readonly Run[],
  from: number,
  milliseconds: number,
): TaskCluster[] {
  const own: Run[] = [];
  let isStopped = false;
  let earliest = from;
  const next = (name: string, isCanary: boolean): TaskCluster => {
    if (isStopped) return { name, isCanary };
    const slot = firstFree(own, earliest, isCanary ? 1 : maxInFlight);
    const startsAt = firstFree([...busy, ...own], slot, workers);
    const run = { startsAt, endsAt: startsAt + milliseconds, fails: fails(name) };
    own.push(run);
    if (isCanary) {
      earliest = run.endsAt;
      isStopped = run.fails;
    }
    return { name, isCanary, run };
  };
  return [...canaries.map((name) => next(name, true)), ...others.map((name) => next(name, false))];
}

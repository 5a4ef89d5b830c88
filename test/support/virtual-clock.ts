import type { Clock } from '../../src/clock.js';

/**
 * Time that passes only while everybody sleeps: then the one who sleeps shortest wakes up. Several
 * sleepers at once wake in the order of their times, as on a real clock.
 */
export function virtualClock(at = '2026-11-25T10:00:00Z'): Clock {
  const start = Date.parse(at);
  let now = start;
  const sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  let isPumping = false;
  const pump = (): void => {
    const next = [...sleepers].sort((one, other) => one.until - other.until)[0];
    if (next === undefined) {
      isPumping = false;
      return;
    }
    sleepers.splice(sleepers.indexOf(next), 1);
    now = Math.max(now, next.until);
    next.wake();
    // Whoever woke up does all that needs no time before anybody else does.
    setImmediate(pump);
  };
  return {
    now: () => new Date(now),
    monotonic: () => now - start,
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        sleepers.push({ until: now + milliseconds, wake: resolve });
        if (isPumping) return;
        isPumping = true;
        setImmediate(pump);
      }),
  };
}

import type { Clock } from '../../../src/base/clock.js';

/**
 * Creates a clock that never waits: if all code is sleeping, it advances to the time of the next
 * sleeper. Sleepers wake in the order of their times, as with a real clock.
 */
export function virtualClock(time = '2026-11-25T10:00:00Z'): Clock {
  const start = Date.parse(time);
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
    // The code that woke up runs until it sleeps or finishes, before the next sleeper wakes.
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

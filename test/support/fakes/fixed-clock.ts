import type { Clock } from '../../../src/base/clock.js';

/** A clock that only advances when a test or `sleep` advances it. */
export interface FixedClock extends Clock {
  /** Advances the clock. */
  readonly pass: (seconds: number) => void;
  /** Sets the wall-clock time; the monotonic time does not change. */
  readonly set: (time: string) => void;
}

/** Creates a clock that starts at this time. */
export function fixedClock(time = '2026-11-25T10:00:00Z'): FixedClock {
  let now = Date.parse(time);
  let monotonic = 0;
  const pass = (seconds: number): void => {
    now += seconds * 1000;
    monotonic += seconds * 1000;
  };
  return {
    now: () => new Date(now),
    monotonic: () => monotonic,
    pass,
    set: (time) => {
      now = Date.parse(time);
    },
    sleep: async (milliseconds) => {
      pass(milliseconds / 1000);
    },
  };
}

import type { Clock } from '../../src/clock.js';

/** A clock that stands still until a test moves it. */
export interface FixedClock extends Clock {
  readonly pass: (seconds: number) => void;
  /** Sets the time of day, while no time passes. */
  readonly set: (at: string) => void;
}

export function fixedClock(at = '2026-11-25T10:00:00Z'): FixedClock {
  let now = Date.parse(at);
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

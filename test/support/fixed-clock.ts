import type { Clock } from '../../src/clock.js';

/** A clock that stands still until a test moves it. */
export interface FixedClock extends Clock {
  readonly pass: (seconds: number) => void;
}

export function fixedClock(at = '2026-11-25T10:00:00Z'): FixedClock {
  let now = Date.parse(at);
  const pass = (seconds: number): void => {
    now += seconds * 1000;
  };
  return {
    now: () => new Date(now),
    pass,
    sleep: async (milliseconds) => {
      pass(milliseconds / 1000);
    },
  };
}

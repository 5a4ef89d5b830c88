import type { Clock, Schedule } from '../../../src/base/clock.js';

/** Timers that fire only when a test advances the time. */
export interface ManualSchedule {
  readonly schedule: Schedule;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Advances the time second by second, and calls what is due. */
  readonly pass: (seconds: number) => void;
  /** The number of timers that have neither fired nor been cancelled. */
  readonly pending: () => number;
}

export function manualSchedule(): ManualSchedule {
  let now = 0;
  const timers = new Map<object, { readonly time: number; readonly work: () => void }>();
  return {
    clock: { monotonic: () => now },
    schedule: (milliseconds, work) => {
      const key = {};
      timers.set(key, { time: now + milliseconds, work });
      return () => timers.delete(key);
    },
    pass: (seconds) => {
      for (let second = 0; second < seconds; second += 1) {
        now += 1000;
        for (const [key, { time, work }] of [...timers]) {
          if (time > now || !timers.delete(key)) continue;
          work();
        }
      }
    },
    pending: () => timers.size,
  };
}

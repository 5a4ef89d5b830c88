import { systemClock, type Clock } from '../../../src/base/clock.js';
import { isOtherProgram } from '../program/spawned.js';

/**
 * Creates a clock that is twenty times as fast as the system clock, for a sandbox and commands that
 * wait for it. Returns the system clock if `TPKS_TEST_BIN` is set, because that program always uses
 * it.
 */
export function createFastClock(): Clock {
  if (isOtherProgram) return systemClock;
  const factor = 20;
  const [start, monotonicStart] = [systemClock.now().getTime(), systemClock.monotonic()];
  const elapsed = () => (systemClock.monotonic() - monotonicStart) * factor;
  return {
    now: () => new Date(start + elapsed()),
    monotonic: elapsed,
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        setTimeout(resolve, milliseconds / factor).unref();
      }),
  };
}

import { systemClock, type Clock } from '../../src/clock.js';
import { isOtherProgram } from './spawned.js';

/**
 * A clock that is twenty times as fast as the machine's, for a sandbox and the commands that wait for
 * it. The machine's clock itself if `TPKS_TEST_BIN` names the program, which can use no other.
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

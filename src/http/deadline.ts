import { TpksError } from '../errors.js';

/** The time that one exchange may take. */
export interface Deadline {
  /** Restarts the timeout: a stream may take long if it is not too slow. */
  readonly extend: () => void;
  /** Stops the clock, e.g. while a slow reader takes what has arrived. */
  readonly pause: () => void;
  /** Continues with the time that was left. */
  readonly resume: () => void;
  readonly end: () => void;
  /** The error, once the time is over; libraries report a broken connection then. */
  readonly expired: () => TpksError | undefined;
}

/** @param stop - ends the exchange when the time is over. */
export function createDeadline(
  url: string,
  timeoutSeconds: number,
  stop: (error: TpksError) => void,
): Deadline {
  let error: TpksError | undefined;
  let left = timeoutSeconds * 1000;
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const expire = (): void => {
    error = new TpksError(
      'unavailable',
      `${new URL(url).host} did not answer completely within ${String(timeoutSeconds)} s`,
      { hint: 'try again, or allow more time with --timeout SECONDS' },
    );
    stop(error);
  };
  const start = (): void => {
    clearTimeout(timer);
    startedAt = performance.now();
    timer = setTimeout(expire, left);
    // The connection keeps the process alive, not the timer: an unread body must not delay the exit.
    timer.unref();
  };
  start();
  return {
    extend: () => {
      left = timeoutSeconds * 1000;
      start();
    },
    pause: () => {
      clearTimeout(timer);
      left -= performance.now() - startedAt;
    },
    resume: start,
    end: () => {
      clearTimeout(timer);
    },
    expired: () => error,
  };
}

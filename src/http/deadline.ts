import { TpksError } from '../errors.js';

/** The time limit of one request and its response. */
export interface Deadline {
  /** Restarts the timeout. A stream may take a long time as long as data keeps arriving. */
  readonly extend: () => void;
  /** Pauses the timeout, e.g. while a slow reader processes the data received so far. */
  readonly pause: () => void;
  /** Continues with the remaining time. */
  readonly resume: () => void;
  readonly end: () => void;
  /**
   * Returns the timeout error after the time limit, otherwise `undefined`. It replaces the connection
   * error that Node reports in this case.
   */
  readonly timeoutError: () => TpksError | undefined;
}

/**
 * Starts the timeout.
 * @param stop - called after the time limit; aborts the request.
 */
export function createDeadline(
  url: string,
  timeoutSeconds: number,
  stop: (error: TpksError) => void,
): Deadline {
  let error: TpksError | undefined;
  let remainingMilliseconds = timeoutSeconds * 1000;
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const expire = (): void => {
    error = new TpksError(
      'unavailable',
      `${new URL(url).host} did not send a complete response within ${String(timeoutSeconds)} s`,
      { hint: 'try again, or allow more time with --timeout SECONDS' },
    );
    stop(error);
  };
  const start = (): void => {
    clearTimeout(timer);
    startedAt = performance.now();
    timer = setTimeout(expire, remainingMilliseconds);
    // An unread body must not delay the exit of the process.
    timer.unref();
  };
  start();
  return {
    extend: () => {
      remainingMilliseconds = timeoutSeconds * 1000;
      start();
    },
    pause: () => {
      clearTimeout(timer);
      remainingMilliseconds -= performance.now() - startedAt;
    },
    resume: start,
    end: () => {
      clearTimeout(timer);
    },
    timeoutError: () => error,
  };
}

import { TpksError } from '../errors.js';

/** The time that one exchange may take. */
export interface Deadline {
  /** Starts anew: a stream may last, but not stand still. */
  readonly extend: () => void;
  readonly end: () => void;
  /** What happened, once the time was over; libraries tell of a broken connection then. */
  readonly expired: () => TpksError | undefined;
}

/** @param stop - ends the exchange when the time is over. */
export function createDeadline(
  url: string,
  timeoutSeconds: number,
  stop: (error: TpksError) => void,
): Deadline {
  let error: TpksError | undefined;
  const timer = setTimeout(() => {
    error = new TpksError(
      'unavailable',
      `${new URL(url).host} did not answer completely within ${String(timeoutSeconds)} s`,
      { hint: 'try again, or allow more time with --timeout SECONDS' },
    );
    stop(error);
  }, timeoutSeconds * 1000);
  // The connection keeps the process alive, not the clock: a body that nobody reads needs no waiting.
  timer.unref();
  return {
    extend: () => timer.refresh(),
    end: () => {
      clearTimeout(timer);
    },
    expired: () => error,
  };
}

import { timeLimitCode, errorCode, isTpksError, TpksError } from '../../base/errors.js';
import { codedError } from './network-error.js';
import type { HttpRequest } from './send.js';

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
  request: Pick<HttpRequest, 'method' | 'url'>,
  timeoutSeconds: number,
  stop: (error: TpksError) => void,
): Deadline {
  let error: TpksError | undefined;
  let remainingMilliseconds = timeoutSeconds * 1000;
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const expire = (): void => {
    error = timeLimitError(request, timeoutSeconds);
    stop(error);
  };
  const start = (): void => {
    clearTimeout(timer);
    startedAt = performance.now();
    // After the last pause, no time may be left; some runtimes print a warning for a negative delay.
    timer = setTimeout(expire, Math.max(0, remainingMilliseconds));
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

/** How to allow more time, for hints. */
export const moreTimeHint = 'allow more time with --timeout SECONDS';

/** Whether a server did not respond within the time limit of the request. */
export function isTimeLimitError(error: unknown): boolean {
  return isTpksError(error) && errorCode(error.cause) === timeLimitCode;
}

function timeLimitError(
  { method, url }: Pick<HttpRequest, 'method' | 'url'>,
  timeoutSeconds: number,
): TpksError {
  const { host, pathname } = new URL(url);
  const message = `${host} did not send a complete response within ${String(timeoutSeconds)} s`;
  return new TpksError('unavailable', message, {
    hint: canChangeData(method, pathname)
      ? `the server may have accepted the request; check before trying again\n${moreTimeHint}`
      : `try again, or ${moreTimeHint}`,
    host,
    cause: codedError(timeLimitCode),
  });
}

/** A request for a token or a token check can be repeated like a GET request. */
function canChangeData(method: string, path: string): boolean {
  if (['GET', 'HEAD', 'OPTIONS'].includes(method)) return false;
  return !/\/(?:oauth\/(?:token|authorize)|check_token|introspect|login\.do)$/.test(path);
}

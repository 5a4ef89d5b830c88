import type { Clock, Schedule } from '../../base/clock.js';
import { errorCode, isTpksError, TpksError, timeLimitCode } from '../../base/errors.js';
import { hostOf } from '../../base/pks-conventions.js';
import { effectOf } from './dry-run.js';
import { codedError } from './network-error.js';
import type { HttpRequest, Send, Trust } from './send.js';

// How long requests may take, and what the user sees while a server does not respond.

/** Time limit of a request to a UAA, in seconds. */
export const uaaTimeoutSeconds = 60;

/**
 * In seconds. Simultaneous commands can block each other in a PKS API. The original CLI has had the same limit since 1.11.5.
 * @see docs/contributing/servers/pks-cli.md#time-limits
 */
const apiTimeoutSeconds = 300;

/** The servers that requests go to, and which certificates are trusted there. */
export interface Servers extends Trust {
  /** Origin of the PKS API; `undefined` if only the UAA is known. */
  readonly api?: string | undefined;
  /** Base URL of the UAA; may have a path. */
  readonly uaa?: string | undefined;
  /** Whether the UAA is only assumed to be on the default port of the API's host. */
  readonly isUaaGuessed?: boolean | undefined;
}

/** Applies the longer time limit for PKS APIs to all requests to the API that have no limit of their own. */
export function withApiTimeLimit(send: Send, { api, uaa }: Pick<Servers, 'api' | 'uaa'>): Send {
  if (api === undefined) return send;
  // Behind a load balancer, a UAA with a path can share the origin of the API.
  const isUaa = (url: string) => uaa !== undefined && uaa !== api && url.startsWith(`${uaa}/`);
  const apiOrigin = new URL(api).origin;
  return (request) =>
    new URL(request.url).origin === apiOrigin && !isUaa(request.url)
      ? send({ timeoutSeconds: apiTimeoutSeconds, ...request })
      : send(request);
}

export type Deadline = ReturnType<typeof createDeadline>;

/** Starts the time limit of one request and its response. @param stop - called after the time limit; aborts the request. */
export function createDeadline(
  request: Pick<HttpRequest, 'method' | 'url'>,
  timeoutSeconds: number,
  stop: (error: TpksError) => void,
) {
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
    /** Restarts the timeout. A stream may take a long time as long as data keeps arriving. */
    extend: () => {
      remainingMilliseconds = timeoutSeconds * 1000;
      start();
    },
    /** Pauses the timeout, e.g. while a slow reader processes the data received so far. */
    pause: () => {
      clearTimeout(timer);
      remainingMilliseconds -= performance.now() - startedAt;
    },
    resume: start,
    end: () => {
      clearTimeout(timer);
    },
    /** The error after the time limit, which replaces the connection error of Node; otherwise `undefined`. */
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
  request: Pick<HttpRequest, 'method' | 'url'>,
  timeoutSeconds: number,
): TpksError {
  const host = hostOf(request.url);
  const message = `${host} did not send a complete response within ${String(timeoutSeconds)} s`;
  return new TpksError('unavailable', message, {
    hint:
      effectOf(request) === 'data'
        ? `the server may have accepted the request; check before trying again\n${moreTimeHint}`
        : `try again, or ${moreTimeHint}`,
    host,
    cause: codedError(timeLimitCode),
  });
}

interface SlowRequestsDeps {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly schedule: Schedule;
  /** Shows the report; `undefined` removes it. */
  readonly show: (
    slow: { readonly hosts: readonly string[]; readonly seconds: number } | undefined,
  ) => void;
}

/** Long enough that most commands never show the line. */
const noticeMilliseconds = 5000;
const updateMilliseconds = 1000;

interface Wait {
  readonly host: string;
  readonly startedAt: number;
}

export type SlowRequests = ReturnType<typeof createSlowRequests>;

/** Reports servers that do not respond for some time. */
export function createSlowRequests({ clock, schedule, show }: SlowRequestsDeps) {
  const slow = new Set<Wait>();
  let cancelUpdate = (): void => undefined;
  let isStopped = false;
  const update = (): void => {
    cancelUpdate();
    const [oldest] = slow;
    if (oldest === undefined || isStopped) {
      show(undefined);
      return;
    }
    const hosts = [...new Set([...slow].map(({ host }) => host))];
    show({ hosts, seconds: (clock.monotonic() - oldest.startedAt) / 1000 });
    cancelUpdate = schedule(updateMilliseconds, update);
  };
  const watch = async <T>(url: string, response: Promise<T>): Promise<T> => {
    const wait = { host: hostOf(url), startedAt: clock.monotonic() };
    const cancel = schedule(noticeMilliseconds, () => {
      if (isStopped) return;
      slow.add(wait);
      update();
    });
    try {
      return await response;
    } finally {
      cancel();
      if (slow.delete(wait) && !isStopped) update();
    }
  };
  return {
    /** Wraps `send` to watch requests and the texts of their responses. */
    withNotice:
      (send: Send): Send =>
      async (request) => {
        const { url } = request;
        const response = await watch(url, send(request));
        return {
          ...response,
          text: (maximumBytes) => watch(url, response.text(maximumBytes)),
        };
      },
    /** Removes the report. Requests that are still in progress are not reported afterwards. */
    stop: () => {
      isStopped = true;
      if (slow.size > 0) update();
    },
  };
}

import type { Clock, Schedule } from '../../base/clock.js';
import type { Send } from './send.js';

/** Reports servers that do not respond for some time. */
export interface SlowRequests {
  /** Wraps `send` to watch requests and the texts of their responses. */
  readonly withNotice: (send: Send) => Send;
  /** Removes the report. Requests that are still in progress are not reported afterwards. */
  readonly stop: () => void;
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

/** Until the first slow request, this costs one timer per request. */
export function createSlowRequests({ clock, schedule, show }: SlowRequestsDeps): SlowRequests {
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
    const wait = { host: new URL(url).host, startedAt: clock.monotonic() };
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
    withNotice: (send) => async (request) => {
      const { url } = request;
      const response = await watch(url, send(request));
      return {
        ...response,
        text: (maximumBytes) => watch(url, response.text(maximumBytes)),
      };
    },
    stop: () => {
      isStopped = true;
      if (slow.size > 0) update();
    },
  };
}

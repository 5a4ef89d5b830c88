import type { Clock } from './clock.js';
import { isServerTime } from './http/date-header.js';
import type { Send } from './http/send.js';

/** What this run knows about the difference between the server's clock and this machine's. */
export interface ServerClock {
  /** Seconds that the server's clock is ahead of this machine's; `undefined` if unknown. */
  readonly offsetSeconds: () => number | undefined;
  /** The difference, if it is large enough to cause misleading errors. */
  readonly skew: () => ClockSkew | undefined;
  /** Notes the offset that is stored with a session; one that was measured in this run takes precedence. */
  readonly noteStored: (offsetSeconds: number) => void;
  /** Notes the `Date` header of every response. */
  readonly watch: (send: Send) => Send;
}

export interface ClockSkew {
  /** Seconds that the server's clock is ahead of this machine's; at least 300 either way. */
  readonly seconds: number;
  /** `false` if it was measured when the stored token was issued, and not in this run. */
  readonly isCurrent: boolean;
}

/** The same as the tolerance of Kerberos: beyond it, other programs fail too. */
const toleratedSeconds = 300;

export function createServerClock({ now }: Pick<Clock, 'now'>): ServerClock {
  let stored: number | undefined;
  let current: number | undefined;
  const offsetSeconds = () => current ?? stored;
  return {
    offsetSeconds,
    skew: () => {
      const seconds = offsetSeconds();
      if (seconds === undefined || Math.abs(seconds) < toleratedSeconds) return undefined;
      return { seconds, isCurrent: current !== undefined };
    },
    noteStored: (offsetSeconds) => {
      stored = offsetSeconds;
    },
    watch: (send) => async (request) => {
      const response = await send(request);
      const time = Date.parse(response.headers['date'] ?? '');
      // A header that is not a valid date says nothing about the clock.
      if (isServerTime(time)) current = Math.round((time - now().getTime()) / 1000);
      return response;
    },
  };
}

import type { Clock, ClockSkew } from '../../base/clock.js';
import type { Send } from './send.js';

/** Tracks the difference between the clocks of the server and of this machine. */
export interface ServerClock {
  /** How many seconds the server's clock is ahead of this machine's; `undefined` if unknown. */
  readonly offsetSeconds: () => number | undefined;
  /** The difference; `undefined` if it is too small to cause misleading errors. */
  readonly findSkew: () => ClockSkew | undefined;
  /** Sets the offset that is stored with a session. An offset measured in this run takes precedence. */
  readonly setStoredOffset: (offsetSeconds: number) => void;
  /** Wraps `send` to measure the offset with the `Date` header of every response. */
  readonly withDateTracking: (send: Send) => Send;
}

/** Kerberos tolerates the same difference, so beyond it other programs fail too. */
export const toleratedSeconds = 300;

export function createServerClock({ now }: Pick<Clock, 'now'>): ServerClock {
  let stored: number | undefined;
  let current: number | undefined;
  const offsetSeconds = () => current ?? stored;
  return {
    offsetSeconds,
    findSkew: () => {
      const seconds = offsetSeconds();
      if (seconds === undefined || Math.abs(seconds) < toleratedSeconds) return undefined;
      return { seconds, isCurrent: current !== undefined };
    },
    setStoredOffset: (offsetSeconds) => {
      stored = offsetSeconds;
    },
    withDateTracking: (send) => async (request) => {
      const response = await send(request);
      const time = Date.parse(response.headers['date'] ?? '');
      if (isPlausibleServerTime(time)) current = Math.round((time - now().getTime()) / 1000);
      return response;
    },
  };
}

/**
 * Whether an epoch time in ms is plausible: its year has four digits, and so has the end of a token's lifetime.
 * @see RFC 9110, section 5.6.7
 */
export function isPlausibleServerTime(time: number): boolean {
  return time >= 0 && time < latestTime;
}

const latestTime = Date.UTC(9000, 0);

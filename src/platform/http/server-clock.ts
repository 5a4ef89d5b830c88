import type { Clock, ClockSkew } from '../../base/clock.js';
import type { Send } from './send.js';

/** Kerberos tolerates the same difference, so beyond it other programs fail too. */
export const toleratedSeconds = 300;

export type ServerClock = ReturnType<typeof createServerClock>;

/** Tracks the difference between the clocks of the server and of this machine. */
export function createServerClock({ now }: Pick<Clock, 'now'>) {
  let stored: number | undefined;
  let current: number | undefined;
  const offsetSeconds = () => current ?? stored;
  return {
    /** How many seconds the server's clock is ahead of this machine's; `undefined` if unknown. */
    offsetSeconds,
    /** The difference; `undefined` if it is too small to cause misleading errors. */
    findSkew: (): ClockSkew | undefined => {
      const seconds = offsetSeconds();
      if (seconds === undefined || Math.abs(seconds) < toleratedSeconds) return undefined;
      return { seconds, isCurrent: current !== undefined };
    },
    /** Sets the offset that is stored with a session. An offset measured in this run takes precedence. */
    setStoredOffset: (offsetSeconds: number) => {
      stored = offsetSeconds;
    },
    /** Wraps `send` to measure the offset with the `Date` header of every response. */
    withDateTracking:
      (send: Send): Send =>
      async (request) => {
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

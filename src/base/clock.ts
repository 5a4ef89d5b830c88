/** The source of time for the program. Tests pass their own. */
export interface Clock {
  /** The current date and time. The user or NTP may set it forward or back at any moment. */
  readonly now: () => Date;
  /** Milliseconds since an arbitrary fixed time. For durations, because unlike `now` it never jumps. */
  readonly monotonic: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** The difference between the clocks of a server and of this machine. */
export interface ClockSkew {
  /** How far the server's clock is ahead of this machine's; at least 300, or at most -300 if it is behind. */
  readonly seconds: number;
  /** `false` if it was not measured in this run, but when the stored token was issued. */
  readonly isCurrent: boolean;
}

/** Calls a function after a time, without keeping the process running. Returns a function that cancels the call. */
export type Schedule = (milliseconds: number, work: () => void) => () => void;

export const systemSchedule: Schedule = (milliseconds, work) => {
  const timer = setTimeout(work, milliseconds).unref();
  return () => {
    clearTimeout(timer);
  };
};

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** Formats a time as ISO 8601 in UTC, without fractions of a second. */
export function formatInstant(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Formats a duration in its two largest units, e.g. `5 h 59 min`. */
export function formatDuration(seconds: number): string {
  const parts = [
    { count: Math.floor(seconds / 86_400), unit: 'd' },
    { count: Math.floor(seconds / 3600) % 24, unit: 'h' },
    { count: Math.floor(seconds / 60) % 60, unit: 'min' },
    { count: seconds % 60, unit: 's' },
  ];
  const first = parts.findIndex(({ count }) => count > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(({ count }) => count > 0)
    .map(({ count, unit }) => `${String(count)} ${unit}`)
    .join(' ');
}

/** Formats the warning about a clock skew, e.g. `this machine's clock is 1 d behind the server's`. */
export function formatClockWarning({ seconds, isCurrent }: ClockSkew): string {
  const distance = `${formatDuration(Math.abs(seconds))} ${seconds > 0 ? 'behind' : 'ahead of'}`;
  return isCurrent
    ? `this machine's clock is ${distance} the server's`
    : `this machine's clock was ${distance} the server's when the token was issued`;
}

/** Time, as the program sees it; tests pass their own. */
export interface Clock {
  /** The time of day. The user, or NTP, may set it forward or back at any moment. */
  readonly now: () => Date;
  /** Milliseconds since an arbitrary fixed time, for durations: unlike `now`, it never jumps. */
  readonly monotonic: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

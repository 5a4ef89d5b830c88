/**
 * Whether a time from a `Date` header is plausible. HTTP dates have years of four digits, and the sum
 * of this time and a token's lifetime must also be valid.
 * @param time - in epoch milliseconds; `NaN` is not plausible.
 * @see RFC 9110, section 5.6.7
 */
export function isPlausibleServerTime(time: number): boolean {
  return time >= 0 && time < latestTime;
}

const latestTime = Date.UTC(9000, 0);

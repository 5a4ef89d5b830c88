/**
 * Whether a time can be a server's clock, in epoch milliseconds. HTTP dates have four digits for
 * the year, and a lifetime is added to them.
 * @see RFC 9110, section 5.6.7
 */
export function isServerTime(time: number): boolean {
  return time >= 0 && time < latestTime;
}

const latestTime = Date.UTC(9000, 0);

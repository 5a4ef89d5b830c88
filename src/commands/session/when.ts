import { formatDuration } from '../span.js';

/**
 * A point in time as people read it, without the guesswork of local formats.
 * @returns e.g. `2026-11-25T01:56:00Z (in 10 min)`.
 */
export function when(time: Date, now: Date): string {
  const seconds = Math.round((time.getTime() - now.getTime()) / 1000);
  const distance = formatDuration(Math.abs(seconds));
  return `${instant(time)} (${seconds >= 0 ? `in ${distance}` : `${distance} ago`})`;
}

/** ISO 8601 in UTC, to the second. */
export function instant(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

import { formatDuration } from '../../duration.js';

/** Formats a time for users, e.g. `2026-11-25T01:56:00Z (in 10 min)`. */
export function formatTime(time: Date, now: Date): string {
  const seconds = Math.round((time.getTime() - now.getTime()) / 1000);
  const distance = formatDuration(Math.abs(seconds));
  return `${formatInstant(time)} (${seconds >= 0 ? `in ${distance}` : `${distance} ago`})`;
}

/** Formats a time as ISO 8601 in UTC, without fractions of a second. */
export function formatInstant(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

import { formatDuration } from '../base/clock.js';

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

/**
 * Formats a time in the local time zone, e.g. `14:03:12`.
 * @param reference - if the time is on another day, the result contains the date.
 * @param precision - `minutes` omits the seconds.
 */
export function formatTimeOfDay(
  time: Date,
  reference: Date = time,
  precision: 'seconds' | 'minutes' = 'seconds',
): string {
  const timeOfDay = time.toTimeString().slice(0, precision === 'seconds' ? 8 : 5);
  if (time.toDateString() === reference.toDateString()) return timeOfDay;
  const parts = [time.getFullYear(), time.getMonth() + 1, time.getDate()];
  return `${parts.map((part) => String(part).padStart(2, '0')).join('-')} ${timeOfDay}`;
}

import type { Task } from '../api/pks/clusters.js';
import { formatDuration, formatInstant } from '../base/clock.js';

/** Formats a time for users, e.g. `2026-11-25T01:56:00Z (in 10 min)`; returns an empty string for an absent time. */
export function formatTime(time: Date | undefined, now: Date): string {
  if (time === undefined) return '';
  const seconds = Math.round((time.getTime() - now.getTime()) / 1000);
  const distance = formatDuration(Math.abs(seconds));
  return `${formatInstant(time)} (${seconds >= 0 ? `in ${distance}` : `${distance} ago`})`;
}

/** Formats a time relative to now in the largest unit: `3h ago`, or `in 9 min` for a future time. */
export function formatRelativeTime(time: Date, now: Date): string {
  const seconds = secondsBetween(now, time);
  return seconds > 0 ? `in ${formatLargestUnit(seconds)}` : `${formatAge(time, now)} ago`;
}

/** Formats how long ago a time was, as kubectl does: `45s`, `9m`, `3h` or `12d`. */
export function formatAge(time: Date, now: Date): string {
  const seconds = Math.max(0, secondsBetween(time, now));
  return formatLargestUnit(seconds).replace(' min', 'm').replace(' ', '');
}

function secondsBetween(from: Date, to: Date): number {
  return Math.round((to.getTime() - from.getTime()) / 1000);
}

function formatLargestUnit(seconds: number): string {
  const [count = '', unit = ''] = formatDuration(seconds).split(' ');
  return `${count} ${unit}`;
}

/**
 * Converts a time sent by a server; returns `undefined` if it is absent or invalid.
 * @param epoch - seconds or milliseconds.
 */
export function toDate(epoch: unknown): Date | undefined {
  // Go servers send 0 for a missing number.
  if (typeof epoch !== 'number' || epoch === 0) return undefined;
  const date = new Date(epoch > minimumMilliseconds ? epoch : epoch * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/**
 * @param time - epoch milliseconds.
 * @returns ISO 8601; `undefined` if the value is not a valid time.
 */
export function formatMilliseconds(time: unknown): string | undefined {
  const date = new Date(typeof time === 'number' ? time : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : formatInstant(date);
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

/** Formats a server's time, in seconds or milliseconds since 1970, in the local time zone. */
export type FormatTime = (epoch: Task['start_time']) => string;

/**
 * The PKS API sends seconds or milliseconds; numbers above this are milliseconds.
 * @see docs/contributing/servers/pks-api.md#tasks
 */
const minimumMilliseconds = 1e11;

/**
 * Creates a formatter for times as in the original CLI: RFC 1123 with the abbreviation of the time
 * zone, e.g. `Mon, 14 Oct 2019 12:00:00 PDT`, or with its offset, e.g. `GMT+1`.
 * @param placeholder - printed for a missing time.
 * @param timeZone - IANA name; the machine's time zone if absent.
 */
export function createTimeFormatter(placeholder: string, timeZone?: string): FormatTime {
  const format = new Intl.DateTimeFormat('en-US', { ...timeParts, timeZone });
  return (epoch) => {
    // Go servers send 0 for a missing number.
    if (epoch === undefined || epoch === null || epoch === 0) return placeholder;
    const date = new Date(epoch > minimumMilliseconds ? epoch : epoch * 1000);
    // Out of range for a date.
    if (Number.isNaN(date.getTime())) return String(epoch);
    const parts = Object.fromEntries(
      format.formatToParts(date).map(({ type, value }) => [type, value]),
    );
    const { weekday, day, month, year, hour, minute, second, timeZoneName } = parts;
    return `${weekday}, ${day} ${month} ${year} ${hour}:${minute}:${second} ${timeZoneName}`;
  };
}

const timeParts = {
  weekday: 'short',
  day: '2-digit',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
} as const;

import { formatInstant } from '../session/format-time.js';

/** The fields that the UAA sends as epoch milliseconds. @see uaa-api, section 1.1, Dates */
const timeFields = new Set([
  'created',
  'last_modified',
  'lastModified',
  'lastLogonTime',
  'previousLogonTime',
  'previous_logon_time',
]);

/**
 * Replaces epoch milliseconds with ISO 8601 times, at any depth.
 * @param name - the field that contains the value.
 */
export function withReadableTimes(value: unknown, name = ''): unknown {
  if (typeof value === 'number' && timeFields.has(name)) return formatTime(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => withReadableTimes(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withReadableTimes(inner, key)]),
  );
}

/**
 * Formats a time as ISO 8601.
 * @param time - epoch milliseconds.
 * @returns `undefined` if the value is not a valid time.
 */
export function formatTime(time: unknown): string | undefined {
  const date = new Date(typeof time === 'number' ? time : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : formatInstant(date);
}

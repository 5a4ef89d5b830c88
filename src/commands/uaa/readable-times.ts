import { instant } from '../session/when.js';

/** Where the UAA writes epoch milliseconds. @see uaa-api, section 1.1, Dates */
const timeFields = new Set([
  'created',
  'last_modified',
  'lastModified',
  'lastLogonTime',
  'previousLogonTime',
  'previous_logon_time',
]);

/** The same value, its times as ISO 8601; what is no time stays as it is. */
export function withReadableTimes(value: unknown, name = ''): unknown {
  if (typeof value === 'number' && timeFields.has(name)) return readableTime(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => withReadableTimes(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withReadableTimes(inner, key)]),
  );
}

/**
 * @param at - epoch milliseconds.
 * @returns `undefined` for what is none.
 */
export function readableTime(at: unknown): string | undefined {
  const date = new Date(typeof at === 'number' ? at : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : instant(date);
}

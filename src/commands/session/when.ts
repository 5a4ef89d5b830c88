import { spanText } from '../span.js';

/**
 * A point in time as people read it, without the guesswork of local formats.
 * @returns e.g. `2026-11-25T01:56:00Z (in 10 min)`.
 */
export function when(at: Date, now: Date): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const distance = spanText(Math.abs(seconds));
  return `${instant(at)} (${seconds >= 0 ? `in ${distance}` : `${distance} ago`})`;
}

/** ISO 8601 in UTC, to the second. */
export function instant(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}

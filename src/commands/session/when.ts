/**
 * A point in time as people read it, without the guesswork of local formats.
 * @returns e.g. `2026-11-25T01:56:00Z (in 10 min)`.
 */
export function when(at: Date, now: Date): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const distance = span(Math.abs(seconds));
  return `${instant(at)} (${seconds >= 0 ? `in ${distance}` : `${distance} ago`})`;
}

/** ISO 8601 in UTC, to the second. */
export function instant(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The two largest units of a span, e.g. `5 h 59 min`. */
function span(seconds: number): string {
  const units = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = units.findIndex(([count]) => count > 0);
  if (first === -1) return '0 s';
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${String(count)} ${unit}`)
    .join(' ');
}

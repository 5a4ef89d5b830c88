import type { ClockSkew } from './clock.js';

/** Formats a duration in its two largest units, e.g. `5 h 59 min`. */
export function formatDuration(seconds: number): string {
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

/** Describes a clock skew, e.g. `this machine's clock is 1 d behind the server's`. */
export function clockWarning({ seconds, isCurrent }: ClockSkew): string {
  const distance = `${formatDuration(Math.abs(seconds))} ${seconds > 0 ? 'behind' : 'ahead of'}`;
  return isCurrent
    ? `this machine's clock is ${distance} the server's`
    : `this machine's clock was ${distance} the server's when the token was issued`;
}

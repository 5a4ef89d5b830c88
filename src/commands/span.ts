import { InvalidArgumentError } from 'commander';

/** A span as people write it, in seconds: `90`, `90s`, `5m`, `1h`. @throws {InvalidArgumentError} */
export function toSpanSeconds(text: string): number {
  const [, count, unit = 's'] = /^(\d{1,9})(s|m|h)?$/.exec(text.trim()) ?? [];
  if (count === undefined) {
    throw new InvalidArgumentError('give a span such as 90s, 5m or 1h');
  }
  return Number(count) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h'];
}

/** The two largest units of a span, e.g. `5 h 59 min`. */
export function spanText(seconds: number): string {
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

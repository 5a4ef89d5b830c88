import { InvalidArgumentError } from 'commander';

interface Range {
  readonly from: number;
  readonly to?: number;
}

/** Parses an option that is a whole number in a range. */
export function wholeNumber({
  from,
  to = Number.MAX_SAFE_INTEGER,
}: Range): (text: string) => number {
  const range = to === Number.MAX_SAFE_INTEGER ? `${from} or more` : `from ${from} to ${to}`;
  return (text) => {
    const number = Number(text);
    if (/^\d{1,16}$/.test(text) && number >= from && number <= to) return number;
    throw new InvalidArgumentError(`give a whole number, ${range}`);
  };
}

/** Parses an option that may have decimal places, e.g. `0.5`. */
export function decimalNumber({
  from,
  to = Number.MAX_SAFE_INTEGER,
}: Range): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d{1,16}(?:\.\d{1,6})?$/.test(text) && number >= from && number <= to) return number;
    throw new InvalidArgumentError(`give a number, ${from} or more, e.g. 16 or 0.5`);
  };
}

/** Parses an option that is a time in seconds, more than 0 and at most a day. */
export function positiveSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError('give a number of seconds, e.g. 30');
}

/** Parses a duration such as `90`, `90s`, `5m` or `1h`. @returns seconds */
export function durationSeconds(text: string): number {
  const [, count, unit = 's'] = /^(\d{1,9})(s|m|h)?$/.exec(text.trim()) ?? [];
  if (count === undefined) throw new InvalidArgumentError('give a duration, e.g. 90s, 5m or 1h');
  return Number(count) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h'];
}

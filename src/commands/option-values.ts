import { InvalidArgumentError, type Option } from 'commander';
import { TpksError } from '../base/errors.js';

export interface Range {
  readonly from: number;
  readonly to?: number;
}

/** Creates a parser for options whose value is a whole number in a range. */
export function integerParser(range: Range): (text: string) => number {
  return (text) => {
    const number = parseInteger(text, range);
    if (number !== undefined) return number;
    throw new InvalidArgumentError(`expected a whole number ${formatRange(range)}`);
  };
}

/**
 * Parses an option whose errors are reported together with errors in other options.
 * @throws {TpksError} `usage` if it is not a whole number in the range.
 */
export function parseIntegerFlag(flag: string, text: string, range: Range): number {
  const number = parseInteger(text, range);
  if (number !== undefined) return number;
  const message = `Invalid value for ${flag}: ${text.slice(0, 40) || '""'} (expected a whole number ${formatRange(range)})`;
  throw new TpksError('usage', message, { hint: 'nothing was sent' });
}

/** Creates a parser for options whose value can have decimal places, e.g. `0.5`. */
export function decimalParser({ from, to = Infinity }: Range): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d{1,16}(?:\.\d{1,6})?$/.test(text) && number >= from && number <= to) return number;
    throw new InvalidArgumentError(`expected a number of at least ${from}, e.g. 16 or 0.5`);
  };
}

/** Parses a number of seconds, greater than 0 and up to a day. */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0 && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError('expected a number of seconds greater than 0, up to 86400');
}

/** Parses a duration such as `90`, `90s`, `5m` or `1h`. @returns seconds */
export function parseDuration(text: string): number {
  const [, count, unit = 's'] = /^(\d{1,9})(s|m|h)?$/.exec(text.trim()) ?? [];
  if (count === undefined)
    throw new InvalidArgumentError('expected a duration, e.g. 90s, 5m or 1h');
  return Number(count) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h'];
}

/** Parses a number of days such as `90` or `90d`. @returns seconds */
export function parseDays(text: string): number {
  const [, count] = /^(\d{1,5})d?$/.exec(text.trim()) ?? [];
  if (count === undefined) throw new InvalidArgumentError('expected a number of days, e.g. 90d');
  return Number(count) * 24 * 3600;
}

/** The largest value of Java's and Go's 32-bit integers. */
export const maximumInt32 = 2 ** 31 - 1;

/** Range for counts and times whose actual limits only the server knows. */
export const countRange: Range = { from: 0, to: maximumInt32 };

function parseInteger(text: string, { from, to = Number.MAX_SAFE_INTEGER }: Range) {
  const number = Number(text);
  return /^-?\d{1,16}$/.test(text) && number >= from && number <= to ? number : undefined;
}

function formatRange({ from, to }: Range): string {
  return to === undefined ? `of at least ${from}` : `from ${from} to ${to}`;
}

const collectors = new WeakSet<object>();

/** Marks a parser that adds the value of an option to the values of its earlier occurrences. */
export function asCollector<T extends (text: string, before: never) => unknown>(parser: T): T {
  collectors.add(parser);
  return parser;
}

/** Whether an option can be used several times. */
export function isRepeatable({ variadic, parseArg }: Option): boolean {
  return variadic || (parseArg !== undefined && collectors.has(parseArg));
}

/**
 * Parses a list in the syntax of `uaac`: one argument, split at commas and spaces.
 * @param before - values from earlier occurrences of the option.
 */
export const parseWordList = asCollector(
  (value: string, before: readonly string[] = []): readonly string[] => [
    ...before,
    ...value.split(/[\s,]+/).filter((word) => word !== ''),
  ],
);

/** @throws {InvalidArgumentError} if the list is empty. */
export const parseNonEmptyList = asCollector(
  (value: string, before: readonly string[] = []): readonly string[] => {
    if (parseWordList(value).length > 0) return parseWordList(value, before);
    throw new InvalidArgumentError('expected one or more values, separated by commas');
  },
);

/** Joins scopes as OAuth requires, with spaces. @returns `undefined` for an empty list. */
export function joinScopes(words: readonly string[] | undefined): string | undefined {
  return words === undefined || words.length === 0 ? undefined : words.join(' ');
}

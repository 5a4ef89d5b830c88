import { InvalidArgumentError } from 'commander';
import { asCollector } from './completer.js';

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

/**
 * Parses a list that must contain a value, e.g. the columns to show.
 * @throws {InvalidArgumentError} if it is empty.
 */
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

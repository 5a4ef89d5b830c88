/**
 * Parses a list in the syntax of `uaac`: one argument, split at commas and spaces.
 * @param before - values from earlier occurrences of the option.
 */
export function parseWordList(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...value.split(/[\s,]+/).filter((word) => word !== '')];
}

/** Joins scopes as OAuth requires, with spaces. @returns `undefined` if there are none. */
export function joinScopes(words: readonly string[] | undefined): string | undefined {
  return words === undefined || words.length === 0 ? undefined : words.join(' ');
}

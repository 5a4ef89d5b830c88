/**
 * A list as `uaac` takes it: one argument, split at commas and blanks; given again, it goes on.
 */
export function wordList(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...value.split(/[\s,]+/).filter((word) => word !== '')];
}

/** Scopes as OAuth wants them. @returns `undefined` for none */
export function toScope(words: readonly string[] | undefined): string | undefined {
  return words === undefined || words.length === 0 ? undefined : words.join(' ');
}

/** A file with rows that must match a list, e.g. the list of all commands. */
interface RowFile {
  readonly file: string;
  readonly rows: readonly string[];
  /** The names that must have a row; others must have none. */
  readonly expected: readonly string[];
  /** Where to read more, or a command to run, e.g. `run npm run docs`. */
  readonly help: string;
}

/**
 * Finds rows that are missing or not needed.
 *
 * @returns for each of them, which file to change and how.
 */
export function findRowProblems({ file, rows, expected, help }: RowFile): string[] {
  const missing = expected.filter((name) => !rows.includes(name));
  const unneeded = [...new Set(rows)].filter((name) => !expected.includes(name));
  return [
    ...missing.map((name) => `${name} has no row in ${file}: add one (${help})`),
    ...unneeded.map((name) => `${name} must have no row in ${file}: delete it (${help})`),
  ];
}

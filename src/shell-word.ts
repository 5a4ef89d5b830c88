/** Quotes a word for a POSIX shell if necessary, for commands that users copy and paste. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word);
}

/** Quotes a word for a POSIX shell, even if it is not necessary. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Quotes a word for a POSIX shell if necessary, for commands that users copy and paste. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : alwaysQuoteForShell(word);
}

/** Quotes a word for a POSIX shell, even if it is not necessary. */
export function alwaysQuoteForShell(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

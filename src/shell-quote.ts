import process from 'node:process';

/** Quotes a word for the user's shell if necessary, for commands that users copy and paste. */
export function quoteForShell(word: string): string {
  const plain = isWindows() ? /^[\w+=:./\\-][\w@+=:./\\-]*$/ : /^[\w@%+=:,./-]+$/;
  return plain.test(word) ? word : alwaysQuoteForShell(word);
}

/** Quotes a word for the user's shell, even if it is not necessary. */
export function alwaysQuoteForShell(word: string): string {
  return isWindows() ? quoteForWindows(word) : quoteForPosixShell(word);
}

/** Quotes a word for a POSIX shell on every system, for scripts and for lines in the files of a shell. */
export function quoteForPosixShell(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function isWindows(): boolean {
  return process.platform === 'win32';
}

/**
 * Quotes a word for both cmd.exe and PowerShell. Double quotes (for PowerShell also U+201C to U+201E), backticks, and
 * `$` and `%` before text that can be expanded cannot be quoted for both. They become `?`: the pasted command then
 * finds nothing, but runs no other command. If PowerShell starts a `.cmd` file, nothing protects `&`, `|`, `<`, `>`
 * and `^` in a word without spaces.
 *
 * @see https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_quoting_rules
 */
function quoteForWindows(word: string): string {
  const safe = word.replace(/["\u201c-\u201e`]|\$(?=[\p{L}\p{N}_{($:?^])|%(?=.*%)/gsu, '?');
  // A program reads \" as a quote.
  return `"${safe.replace(/\\+$/, '$&$&')}"`;
}

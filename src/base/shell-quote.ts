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
 * Quotes a word for both cmd.exe and PowerShell. Some characters cannot be quoted for both: double quotes (in
 * PowerShell also U+201C to U+201E), backticks, and `$` and `%` before text that would be expanded. They are replaced
 * by `?`, so that the pasted command does not find the name, but runs nothing else. In a word without spaces, no
 * quoting protects `&`, `|`, `<`, `>` and `^` if PowerShell starts a `.cmd` file.
 *
 * @see https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_quoting_rules
 */
function quoteForWindows(word: string): string {
  const safe = word.replace(/["\u201c-\u201e`]|\$(?=[\p{L}\p{N}_{($:?^])|%(?=.*%)/gsu, '?');
  // A program reads \" as a quote.
  return `"${safe.replace(/\\+$/, '$&$&')}"`;
}

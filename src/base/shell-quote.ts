import process from 'node:process';

/** Kinds of shells, by their quoting rules. The rules of `posix` also work in fish and zsh. */
export type Shell = 'posix' | 'powershell';

/** Quotes a word if necessary, for commands that users copy and paste. */
export function quoteForShell(word: string, shell = currentShell()): string {
  return plainWords[shell].test(word) ? word : alwaysQuoteForShell(word, shell);
}

const plainWords: Readonly<Record<Shell, RegExp>> = {
  posix: /^[\w@%+=:,./-]+$/,
  powershell: /^[\w+=:./\\-][\w@+=:./\\-]*$/,
};

/** @see https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_quoting_rules */
export function alwaysQuoteForShell(word: string, shell = currentShell()): string {
  // PowerShell reads U+2018 to U+201B as single quotes too.
  if (shell === 'powershell') return `'${word.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Splits a command into words by the quoting rules of a POSIX shell. Nothing is expanded.
 * @returns `undefined` if a quote is not closed.
 */
export function splitWords(command: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let end = 0;
  const parts = /([ \t\n]+)|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\\n|\\(.)|([^ \t\n'"\\]+)/gsy;
  for (const part of command.matchAll(parts)) {
    const [text, space, inSingle, inDouble, escaped, plain] = part;
    end += text.length;
    // A backslash at the end of a line joins it with the next one.
    if (text === '\\\n') continue;
    if (space === undefined) {
      const unquoted = inDouble?.replace(/\\(?:\n|([$`"\\]))/g, '$1');
      word = `${word ?? ''}${inSingle ?? unquoted ?? escaped ?? plain ?? ''}`;
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (end < command.length) return undefined;
  return word === undefined ? words : [...words, word];
}

/** On Windows, only Git Bash and similar shells set `SHELL`. */
function currentShell(): Shell {
  return process.platform === 'win32' && !process.env['SHELL'] ? 'powershell' : 'posix';
}

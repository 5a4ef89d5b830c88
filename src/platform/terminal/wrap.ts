import { displayWidth } from './lines.js';

/**
 * Breaks a text between words, and indents all lines but the first. A word that is too long stays whole.
 * @param indent - the number of columns that precede each line.
 */
export function wrapWords(text: string, indent: number, columns: number): string {
  return breakWords(text.split(' '), columns - indent).join(`\n${' '.repeat(indent)}`);
}

/** Like {@link wrapWords}, but does not break a command. The lines of a list item are aligned. */
export function wrapHint(line: string, indent: number, columns: number): string {
  const marked = line.replace(command, (text) => text.replaceAll(' ', '\n'));
  const words = marked.split(' ').map((word) => word.replaceAll('\n', ' '));
  const bullet = /^\d+\. /.exec(line)?.[0] ?? '';
  const start = indent + bullet.length;
  return breakWords(words, columns - start).join(`\n${' '.repeat(start)}`);
}

/** A command in a hint. It ends before a comma, a semicolon, a parenthesis or a conjunction. */
const command =
  /\b(?:tpks|kubectl|bash|curl|export|unset|sudo|chmod|mv|rm|nslookup|ssh) (?:'[^']*'|[^'])*?(?=[,;] | \(| (?:or|and|to|then) |$)/g;

/** Joins words to lines of a width. A word that is too long stays whole. */
export function breakWords([first = '', ...words]: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of words) {
    const longer = `${line} ${word}`;
    // Spaces at the start of the text are kept.
    const isTooLong = line.trim() !== '' && displayWidth(longer.trimEnd()) > width;
    if (isTooLong) lines.push(line.trimEnd());
    line = isTooLong ? word : longer;
  }
  return [...lines, line.trimEnd()];
}

import { displayWidth } from './lines.js';

/**
 * Breaks a text between words, and indents all lines but the first. A word that is too long stays whole.
 * @param indent - the number of columns that precede each line.
 */
export function wrapWords(text: string, indent: number, columns: number): string {
  return joinWords(text.split(' '), indent, columns);
}

/** Like {@link wrapWords}, but does not break a command. The lines of a list item are aligned. */
export function wrapHint(line: string, indent: number, columns: number): string {
  const marked = line.replace(command, (text) => text.replaceAll(' ', '\n'));
  const words = marked.split(' ').map((word) => word.replaceAll('\n', ' '));
  const bullet = /^\d+\. /.exec(line)?.[0] ?? '';
  return joinWords(words, indent, columns, indent + bullet.length);
}

/** A command in a hint. It ends before a comma, a semicolon, a parenthesis or a conjunction. */
const command =
  /\b(?:tpks|kubectl|bash|curl|export|unset|sudo|chmod|mv|rm|nslookup|ssh) (?:'[^']*'|[^'])*?(?=[,;] | \(| (?:or|and|to|then) |$)/g;

function joinWords(
  [first = '', ...words]: readonly string[],
  start: number,
  columns: number,
  indent = start,
): string {
  const lines: string[] = [];
  let line = first;
  for (const word of words) {
    const longer = `${line} ${word}`;
    // Spaces at the start of the text are kept.
    const isTooLong = line.trim() !== '' && indent + displayWidth(longer) > columns;
    if (isTooLong) lines.push(line);
    line = isTooLong ? word : longer;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}

import { displayWidth } from './lines.js';

/**
 * Breaks a text between words, and indents all lines but the first. A word that is too long stays whole.
 * @param indent - the number of columns that precede each line.
 */
export function wrapWords(text: string, indent: number, columns: number): string {
  return breakText(text, columns - indent).join(`\n${' '.repeat(indent)}`);
}

/** Characters of scripts that have no spaces between words. */
const unspaced =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\u3000-\\u303f\\uff00-\\uffef';

/** Matches spaces, a character between which a line can be broken, or a word. */
const part = new RegExp(` +|[${unspaced}]|[^ ${unspaced}]+`, 'gu');

/**
 * Breaks text into lines between words, and between Chinese or Japanese characters. A word that is too long stays whole.
 * @param width - the width of a line in terminal columns.
 */
export function breakText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [next] of text.matchAll(part)) {
    const isTooLong = line.trim() !== '' && displayWidth((line + next).trimEnd()) > width;
    if (isTooLong) lines.push(line.trimEnd());
    line = isTooLong ? next.trimStart() : line + next;
  }
  return [...lines, line.trimEnd()];
}

/** Like {@link wrapWords}, but does not break a command. The lines of a list item are aligned. */
export function wrapHint(hint: string, start: number, columns: number): string {
  const marked = hint.replace(command, (text) => text.replaceAll(' ', '\n'));
  const [first = '', ...words] = marked.split(' ').map((word) => word.replaceAll('\n', ' '));
  const indent = start + (/^\d+\. /.exec(hint)?.[0] ?? '').length;
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

/** A command in a hint. It ends before a comma, a semicolon, a parenthesis or a conjunction. */
const command =
  /\b(?:tpks|kubectl|bash|curl|export|unset|sudo|chmod|mv|rm|nslookup|ssh) (?:'[^']*'|[^'])*?(?=[,;] | \(| (?:or|and|to|then) |$)/g;

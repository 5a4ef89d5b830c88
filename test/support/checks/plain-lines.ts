import type { Line } from '../../../src/platform/terminal/lines.js';

/** Returns the text of a view without colors and trailing whitespace. */
export function plainText(lines: readonly Line[]): string {
  return lines.map((line) => `${toPlainText(line).trimEnd()}\n`).join('');
}

/** Returns the text of a line without colors. */
export function toPlainText(line: Line): string {
  const spans = typeof line === 'string' ? [line] : line;
  return spans.map((span) => (typeof span === 'string' ? span : span.text)).join('');
}

import type { Line } from '../../src/terminal/terminal.js';

/** What a view prints without colour, blanks at line ends aside. */
export function plainText(lines: readonly Line[]): string {
  return lines.map((line) => `${plain(line).trimEnd()}\n`).join('');
}

function plain(line: Line): string {
  const spans = typeof line === 'string' ? [line] : line;
  return spans.map((span) => (typeof span === 'string' ? span : span.text)).join('');
}

import { printable } from './sanitize.js';

/** A screen that can be written to again. */
export interface LiveScreen {
  readonly write: (text: string) => unknown;
  readonly columns?: number;
  readonly rows?: number;
}

/** Lines at the bottom of a screen that change in place. */
export interface Live {
  /** Shows these in the place of those that were shown last; none takes them away. */
  readonly show: (lines: readonly string[]) => void;
}

/** @param screen - a terminal that moves its cursor; opened at the first line. */
export function createLive(screen: () => LiveScreen): Live {
  /** How many columns each line took that stands there. */
  let shown: readonly number[] = [];
  return {
    show(lines) {
      if (shown.length === 0 && lines.length === 0) return;
      const { write, columns, rows } = opened(screen());
      // A screen that has become narrower has wrapped them meanwhile.
      const height = shown.reduce((sum, width) => sum + Math.ceil(width / columns), 0);
      const up = height === 0 ? '' : `\u001b[${String(height)}A`;
      // One column less than there are: a full line would wrap on some terminals.
      const fitted = cut(lines, rows - 1).map((line) => fitting(printable(line), columns - 1));
      const text = fitted.map((line) => `${line}\u001b[K\n`).join('');
      // What is left below of a longer one goes.
      write(`${up}${text}\u001b[J`);
      shown = fitted.map((line) => Math.max(1, columnsOf(line)));
    },
  };
}

function opened(screen: LiveScreen) {
  return {
    write: (text: string) => screen.write(text),
    columns: Math.max(11, screen.columns ?? 80),
    rows: Math.max(4, screen.rows ?? Infinity),
  };
}

/** What has left the screen at its top could not be painted over any more. */
function cut(lines: readonly string[], height: number): readonly string[] {
  if (lines.length <= height) return lines;
  const kept = lines.slice(0, height - 1);
  return [...kept, `… and ${String(lines.length - kept.length)} lines more`];
}

/** A line that wrapped would be two to take away. */
function fitting(line: string, width: number): string {
  const characters = Array.from(line);
  if (columnsOf(line) <= width) return line;
  let end = Math.min(characters.length, width - 1);
  while (end > 0 && columnsOf(characters.slice(0, end).join('')) > width - 1) end -= 1;
  return `${characters.slice(0, end).join('')}…`;
}

/** Beyond ASCII a character may take two columns: counted so, a line is too short at worst. */
function columnsOf(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + (character <= '\u02ff' ? 1 : 2), 0);
}

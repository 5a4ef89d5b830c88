import { printable } from './sanitize.js';

/** A screen that can be written to again. */
export interface LiveScreen {
  readonly write: (text: string) => unknown;
  readonly columns?: number;
}

/** Lines at the bottom of a screen that change in place. */
export interface Live {
  /** Shows these in the place of those that were shown last; none takes them away. */
  readonly show: (lines: readonly string[]) => void;
}

/** @param screen - a terminal that moves its cursor; opened at the first line. */
export function createLive(screen: () => LiveScreen): Live {
  let shown = 0;
  return {
    show(lines) {
      if (shown === 0 && lines.length === 0) return;
      const { write, width } = opened(screen());
      const up = shown === 0 ? '' : `\u001b[${String(shown)}A`;
      const text = lines.map((line) => `${fitting(printable(line), width)}\u001b[K\n`).join('');
      // What is left below of a longer one goes.
      write(`${up}${text}\u001b[J`);
      shown = lines.length;
    },
  };
}

/** One column less than there are: a full line would wrap on some terminals. */
function opened(screen: LiveScreen): { write: LiveScreen['write']; width: number } {
  const { columns = 80 } = screen;
  return { write: (text) => screen.write(text), width: Math.max(10, columns - 1) };
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

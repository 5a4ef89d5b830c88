import { displayWidth } from './columns.js';
import { printable } from './sanitize.js';
import type { Screen } from './terminal.js';

/** A screen that can be written to again. */
type RedrawableScreen = Pick<Screen, 'columns' | 'rows'> & {
  readonly write: (text: string) => unknown;
};

/** Lines at the bottom of a screen that change in place. */
export interface LiveLines {
  /** Replaces the lines that were shown last; an empty list removes them. */
  readonly show: (lines: readonly string[]) => void;
}

/** @param screen - a terminal with a movable cursor; opened for the first line. */
export function createLiveLines(screen: () => RedrawableScreen): LiveLines {
  /** How many columns each line on the screen takes. */
  let shown: readonly number[] = [];
  return {
    show(lines) {
      if (shown.length === 0 && lines.length === 0) return;
      const { write, columns, rows } = measureScreen(screen());
      // If the screen has become narrower, it has wrapped them.
      const height = shown.reduce((sum, width) => sum + Math.ceil(width / columns), 0);
      const up = height === 0 ? '' : `\u001b[${String(height)}A`;
      // One column less than available: a full line would wrap on some terminals.
      const fitted = limitLines(lines, rows - 1).map((line) =>
        truncateLine(printable(line), columns - 1),
      );
      const text = fitted.map((line) => `${line}\u001b[K\n`).join('');
      // Also clears lines that are left below.
      write(`${up}${text}\u001b[J`);
      shown = fitted.map((line) => Math.max(1, displayWidth(line)));
    },
  };
}

function measureScreen(screen: RedrawableScreen) {
  return {
    write: (text: string) => screen.write(text),
    columns: Math.max(11, screen.columns ?? 80),
    rows: Math.max(4, screen.rows ?? Infinity),
  };
}

/** Lines that have scrolled off the screen cannot be overwritten. */
function limitLines(lines: readonly string[], height: number): readonly string[] {
  if (lines.length <= height) return lines;
  const kept = lines.slice(0, height - 1);
  return [...kept, `… and ${String(lines.length - kept.length)} lines more`];
}

/** Shortens a line: one that wraps would take two lines of the screen. */
function truncateLine(line: string, width: number): string {
  const characters = Array.from(line);
  if (displayWidth(line) <= width) return line;
  let end = Math.min(characters.length, width - 1);
  while (end > 0 && displayWidth(characters.slice(0, end).join('')) > width - 1) end -= 1;
  return `${characters.slice(0, end).join('')}…`;
}

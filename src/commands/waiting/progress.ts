import type { Terminal } from '../../terminal/terminal.js';
import { formatDuration } from '../duration.js';

/** The state of one resource in an operation. */
export interface ProgressLine {
  readonly text: string;
  /** If true, its elapsed time no longer changes. */
  readonly isFinished: boolean;
}

interface ProgressDeps {
  readonly terminal: Pick<Terminal, 'canRepaint' | 'showLive' | 'note'>;
  /** Time since the wait started. */
  readonly elapsedSeconds: () => number;
}

interface ShownLine {
  readonly text: string;
  readonly endedAt: number | undefined;
}

/** Shows lines that change in place on a terminal; elsewhere, prints a line for each change. */
export function createProgress({ terminal, elapsedSeconds }: ProgressDeps) {
  let shownLines: readonly ShownLine[] = [];
  let errorLine: string | undefined;
  const withElapsedTime = (text: string, seconds = elapsedSeconds()): string =>
    `${text} (${formatDuration(Math.floor(seconds))})`;
  const repaint = (): void => {
    const lines = shownLines.map(({ text, endedAt }) => withElapsedTime(text, endedAt));
    terminal.showLive([...lines, ...(errorLine === undefined ? [] : [errorLine])]);
  };
  const note = terminal.canRepaint() ? () => undefined : terminal.note;
  return {
    /** Shows the new state. @param lines - one for each resource. */
    showState(lines: readonly ProgressLine[]): void {
      const previous = new Map(shownLines.map((line) => [line.text, line]));
      shownLines = lines.map(({ text, isFinished }) => ({
        text,
        endedAt: isFinished ? (previous.get(text)?.endedAt ?? elapsedSeconds()) : undefined,
      }));
      for (const { text } of shownLines) {
        const previousLine = previous.get(text);
        // After failed requests, the same line shows that the operation continues.
        const hasRecovered = errorLine !== undefined && previousLine?.endedAt === undefined;
        if (previousLine === undefined || hasRecovered) note(withElapsedTime(text));
      }
      errorLine = undefined;
      repaint();
    },
    /** Shows an error below the lines until the next result. */
    showError(text: string): void {
      const line = `${text}; trying again`;
      if (line !== errorLine) note(withElapsedTime(line));
      errorLine = line;
      repaint();
    },
    /** Updates the elapsed times. */
    tick: repaint,
    /** Removes the lines that change in place. */
    end: () => terminal.showLive([]),
  };
}

import type { Terminal } from '../../terminal/terminal.js';
import { spanText } from '../span.js';

/** How people see that something goes on. */
export interface Progress {
  /** @param lines - one for each thing that is waited for. */
  readonly seen: (lines: readonly string[]) => void;
  /** There was no answer; the last lines stand until there is one. */
  readonly trouble: (text: string) => void;
  /** Time has passed. */
  readonly tick: () => void;
  /** Takes away what changes in place. */
  readonly end: () => void;
}

export interface ProgressDeps {
  readonly terminal: Pick<Terminal, 'canRepaint' | 'live' | 'note'>;
  /** Since the beginning. */
  readonly elapsedSeconds: () => number;
}

/** Lines that change in place on a terminal; elsewhere one plain line at each change. */
export function createProgress({ terminal, elapsedSeconds }: ProgressDeps): Progress {
  let shown: readonly string[] = [];
  let problem: string | undefined;
  const timed = (line: string): string => `${line} (${spanText(Math.floor(elapsedSeconds()))})`;
  const paint = (): void => {
    terminal.live([...shown.map(timed), ...(problem === undefined ? [] : [problem])]);
  };
  const note = terminal.canRepaint() ? () => undefined : terminal.note;
  return {
    seen(lines) {
      // After a time without answers the same line is news: it goes on.
      const news = lines.filter((line) => problem !== undefined || !shown.includes(line));
      shown = lines;
      problem = undefined;
      for (const line of news) note(timed(line));
      paint();
    },
    trouble(text) {
      const line = `${text}; trying again`;
      if (line !== problem) note(timed(line));
      problem = line;
      paint();
    },
    tick: paint,
    end: () => terminal.live([]),
  };
}

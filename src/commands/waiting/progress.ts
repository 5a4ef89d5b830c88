import type { Terminal } from '../../terminal/terminal.js';
import { spanText } from '../span.js';

/** How one of the things stands that are waited for. */
export interface ProgressLine {
  readonly text: string;
  /** Its time stops, while the others go on. */
  readonly isOver: boolean;
}

/** How people see that something goes on. */
export interface Progress {
  /** @param lines - one for each thing that is waited for. */
  readonly seen: (lines: readonly ProgressLine[]) => void;
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

interface ShownLine {
  readonly text: string;
  readonly endedAt: number | undefined;
}

/** Lines that change in place on a terminal; elsewhere one plain line at each change. */
export function createProgress({ terminal, elapsedSeconds }: ProgressDeps): Progress {
  let shown: readonly ShownLine[] = [];
  let problem: string | undefined;
  const timed = (text: string, at = elapsedSeconds()): string =>
    `${text} (${spanText(Math.floor(at))})`;
  const paint = (): void => {
    const lines = shown.map(({ text, endedAt }) => timed(text, endedAt));
    terminal.live([...lines, ...(problem === undefined ? [] : [problem])]);
  };
  const note = terminal.canRepaint() ? () => undefined : terminal.note;
  return {
    seen(lines) {
      const before = new Map(shown.map((line) => [line.text, line]));
      shown = lines.map(({ text, isOver }) => ({
        text,
        endedAt: isOver ? (before.get(text)?.endedAt ?? elapsedSeconds()) : undefined,
      }));
      for (const { text } of shown) {
        const old = before.get(text);
        // After a time without answers the same line is news: it goes on.
        const goesOn = problem !== undefined && old?.endedAt === undefined;
        if (old === undefined || goesOn) note(timed(text));
      }
      problem = undefined;
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

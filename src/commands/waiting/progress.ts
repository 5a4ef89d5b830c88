import type { Terminal } from '../../terminal/terminal.js';
import { spanText } from '../span.js';

/** The state of one resource in an operation. */
export interface ProgressLine {
  readonly text: string;
  /** Its clock stops. */
  readonly isOver: boolean;
}

interface ProgressDeps {
  readonly terminal: Pick<Terminal, 'canRepaint' | 'live' | 'note'>;
  /** Since the waiting started. */
  readonly elapsedSeconds: () => number;
}

interface ShownLine {
  readonly text: string;
  readonly endedAt: number | undefined;
}

/** Shows lines that change in place on a terminal; elsewhere it prints a line at each change. */
export function createProgress({ terminal, elapsedSeconds }: ProgressDeps) {
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
    /** @param lines - one for each resource. */
    seen(lines: readonly ProgressLine[]): void {
      const before = new Map(shown.map((line) => [line.text, line]));
      shown = lines.map(({ text, isOver }) => ({
        text,
        endedAt: isOver ? (before.get(text)?.endedAt ?? elapsedSeconds()) : undefined,
      }));
      for (const { text } of shown) {
        const old = before.get(text);
        // After failed requests, the same line shows that the operation continues.
        const goesOn = problem !== undefined && old?.endedAt === undefined;
        if (old === undefined || goesOn) note(timed(text));
      }
      problem = undefined;
      paint();
    },
    /** Shows an error below the lines, until the next result. */
    trouble(text: string): void {
      const line = `${text}; trying again`;
      if (line !== problem) note(timed(line));
      problem = line;
      paint();
    },
    /** Updates the elapsed times. */
    tick: paint,
    /** Removes the lines that change in place. */
    end: () => terminal.live([]),
  };
}

import { type Clock, formatDuration } from '../../base/clock.js';
import { messageWithHost, type TpksError } from '../../base/errors.js';
import type { Terminal } from '../../platform/terminal/terminal.js';
import { formatTimeOfDay } from '../format-time.js';

/** The state of one resource in an operation. */
export interface ProgressLine {
  readonly text: string;
  /** If true, its elapsed time no longer changes. */
  readonly isFinished: boolean;
}

interface ProgressDeps {
  readonly terminal: Pick<Terminal, 'canRepaint' | 'showLive' | 'note'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Time since the wait started. */
  readonly elapsedSeconds: () => number;
  /** What tpks waits for, e.g. `cluster dev-1`. */
  readonly label: string;
  /** The command that resumes waiting for the operation. */
  readonly waitCommand: string;
  /** Maximum wait; unlimited if absent. */
  readonly timeoutSeconds?: number | undefined;
  /** Whether the command itself prints the changes if lines cannot be redrawn. */
  readonly hasOwnEvents?: boolean | undefined;
}

interface ShownLine {
  readonly text: string;
  readonly endedAt: number | undefined;
}

/** Some CI services stop a job that prints nothing for minutes. */
const silenceSeconds = 30;

/** An upgrade can have hundreds of clusters. */
const maximumRepeatedLines = 5;

/**
 * Shows lines that change in place on a terminal; elsewhere, prints a line for each change, and repeats
 * the state every 30 s.
 */
export function createProgress(deps: ProgressDeps) {
  const { terminal, elapsedSeconds, label } = deps;
  let shownLines: readonly ShownLine[] = [];
  let outage: Outage | undefined;
  let lastNoteAt = 0;
  const note = (text: string): void => {
    lastNoteAt = elapsedSeconds();
    terminal.note(text);
  };
  const withElapsedTime = (text: string, seconds = elapsedSeconds()): string =>
    `${text} (${formatDuration(Math.floor(seconds))})`;
  const repaint = (): void => {
    const lines = shownLines.map(({ text, endedAt }) => withElapsedTime(text, endedAt));
    if (outage !== undefined) {
      const details = formatOutage(outage, deps, elapsedSeconds() - outage.startedAt);
      lines.push(messageWithHost(outage.error), ...details);
    }
    terminal.showLive(lines);
  };
  const repeatState = (): void => {
    if (elapsedSeconds() - lastNoteAt < silenceSeconds) return;
    if (outage !== undefined) {
      note(withElapsedTime(`${messageWithHost(outage.error)}; trying again`));
      return;
    }
    const unfinished = shownLines.filter(({ endedAt }) => endedAt === undefined);
    if (unfinished.length === 0) note(withElapsedTime(`Waiting for ${label}`));
    for (const { text } of unfinished.slice(0, maximumRepeatedLines)) note(withElapsedTime(text));
    const others = unfinished.length - maximumRepeatedLines;
    if (others > 0) note(`... and ${String(others)} more`);
  };
  const printChanges = (previous: ReadonlyMap<string, ShownLine>, hasRecovered: boolean): void => {
    if (terminal.canRepaint() || deps.hasOwnEvents === true) return;
    for (const { text } of shownLines) {
      const previousLine = previous.get(text);
      // After failed requests, the same line shows that the operation continues.
      const isContinued = hasRecovered && previousLine?.endedAt === undefined;
      if (previousLine === undefined || isContinued) note(withElapsedTime(text));
    }
  };
  return {
    /** The outage in progress. */
    outage: () => outage,
    /** Shows the new state. @param lines - one for each resource. */
    showState(lines: readonly ProgressLine[]): void {
      const previous = new Map(shownLines.map((line) => [line.text, line]));
      shownLines = lines.map(({ text, isFinished }) => ({
        text,
        endedAt: isFinished ? (previous.get(text)?.endedAt ?? elapsedSeconds()) : undefined,
      }));
      const hasRecovered = outage !== undefined;
      if (outage !== undefined) {
        const subject = outage.error.host ?? `The state of ${label}`;
        const duration = formatDuration(Math.floor(elapsedSeconds() - outage.startedAt));
        note(`${subject} is available again after ${duration}`);
      }
      outage = undefined;
      printChanges(previous, hasRecovered);
      repaint();
    },
    /** Shows an error of the last request below the lines until the next state. */
    showError(error: TpksError): void {
      const previous = outage;
      const started = previous ?? { startedAt: elapsedSeconds(), since: deps.clock.now() };
      outage = { ...started, error };
      const text = messageWithHost(error);
      if (!terminal.canRepaint() && (previous && messageWithHost(previous.error)) !== text) {
        note(withElapsedTime(`${text}; trying again`));
        if (previous === undefined)
          for (const line of formatOutage(outage, deps)) note(`  ${line}`);
      }
      repaint();
    },
    /** Updates the elapsed times. */
    tick(): void {
      if (!terminal.canRepaint()) repeatState();
      repaint();
    },
    /** Removes the lines that change in place. */
    end: () => terminal.showLive([]),
  };
}

/** A period without a usable response. */
export interface Outage {
  /** Seconds since the wait started. */
  readonly startedAt: number;
  /** The time of day at which it started. */
  readonly since: Date;
  /** The last error. */
  readonly error: TpksError;
}

/**
 * Formats what tpks does during an outage, when it stops, and what the user can do.
 * @param seconds - how long the outage has lasted; omitted in lines that are not updated.
 */
function formatOutage(
  { startedAt, since, error }: Outage,
  { timeoutSeconds, waitCommand }: Pick<ProgressDeps, 'timeoutSeconds' | 'waitCommand'>,
  seconds?: number,
): string[] {
  const duration = seconds === undefined ? '' : ` (${formatDuration(Math.floor(seconds))})`;
  const secondsLeft = (timeoutSeconds ?? 0) - startedAt;
  const end =
    timeoutSeconds === undefined
      ? 'no time limit without --wait-timeout'
      : `until ${formatTimeOfDay(new Date(since.getTime() + secondsLeft * 1000), since)} (--wait-timeout)`;
  const [hint] = error.hint?.split('\n') ?? [];
  return [
    `Trying again since ${formatTimeOfDay(since)}${duration}, ${end}`,
    'The operation continues; Ctrl-C stops only the waiting',
    `To resume: ${waitCommand}`,
    ...(hint === undefined ? [] : [`Hint: ${hint}`]),
  ];
}

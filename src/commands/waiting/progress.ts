import type { Clock } from '../../base/clock.js';
import { formatDuration } from '../../base/clock.js';
import type { TpksError } from '../../base/errors.js';
import { messageWithHost } from '../../base/errors.js';
import type { Terminal } from '../../platform/terminal/terminal.js';
import { formatTimeOfDay } from '../format-time.js';

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
export class Progress {
  readonly #deps: ProgressDeps;
  #lines: readonly ShownLine[] = [];
  #outage: Outage | undefined;
  #lastNoteAt = 0;

  constructor(deps: ProgressDeps) {
    this.#deps = deps;
  }

  get outage(): Outage | undefined {
    return this.#outage;
  }

  showState(lines: readonly ProgressLine[]): void {
    const { elapsedSeconds, label } = this.#deps;
    const previous = new Map(this.#lines.map((line) => [line.text, line]));
    this.#lines = lines.map(({ text, isFinished }) => ({
      text,
      endedAt: isFinished ? (previous.get(text)?.endedAt ?? elapsedSeconds()) : undefined,
    }));
    const outage = this.#outage;
    if (outage !== undefined) {
      const subject = outage.error.host ?? `The state of ${label}`;
      const duration = formatDuration(Math.floor(elapsedSeconds() - outage.startedAt));
      this.#note(`${subject} is available again after ${duration}`);
    }
    this.#outage = undefined;
    this.#printChanges(previous, outage !== undefined);
    this.#repaint();
  }

  /** Shows an error of the last request below the lines until the next state. */
  showError(error: TpksError): void {
    const { terminal, clock, elapsedSeconds } = this.#deps;
    const previous = this.#outage;
    const started = previous ?? { startedAt: elapsedSeconds(), since: clock.now() };
    const outage = { ...started, error };
    this.#outage = outage;
    const text = messageWithHost(error);
    if (!terminal.canRepaint() && (previous && messageWithHost(previous.error)) !== text) {
      this.#note(this.#withElapsedTime(`${text}; trying again`));
      const details = previous === undefined ? formatOutage(outage, this.#deps) : [];
      for (const line of details) this.#note(`  ${line}`);
    }
    this.#repaint();
  }

  tick(): void {
    if (!this.#deps.terminal.canRepaint()) this.#repeatState();
    this.#repaint();
  }

  end(): void {
    this.#deps.terminal.showLive([]);
  }

  #note(text: string): void {
    this.#lastNoteAt = this.#deps.elapsedSeconds();
    this.#deps.terminal.note(text);
  }

  #withElapsedTime(text: string, seconds = this.#deps.elapsedSeconds()): string {
    return `${text} (${formatDuration(Math.floor(seconds))})`;
  }

  #repaint(): void {
    const { terminal, elapsedSeconds } = this.#deps;
    const lines = this.#lines.map(({ text, endedAt }) => this.#withElapsedTime(text, endedAt));
    const outage = this.#outage;
    if (outage !== undefined) {
      const details = formatOutage(outage, this.#deps, elapsedSeconds() - outage.startedAt);
      lines.push(messageWithHost(outage.error), ...details);
    }
    terminal.showLive(lines);
  }

  #repeatState(): void {
    const { elapsedSeconds, label } = this.#deps;
    if (elapsedSeconds() - this.#lastNoteAt < silenceSeconds) return;
    if (this.#outage !== undefined) {
      this.#note(this.#withElapsedTime(`${messageWithHost(this.#outage.error)}; trying again`));
      return;
    }
    const unfinished = this.#lines.filter(({ endedAt }) => endedAt === undefined);
    if (unfinished.length === 0) this.#note(this.#withElapsedTime(`Waiting for ${label}`));
    for (const { text } of unfinished.slice(0, maximumRepeatedLines)) {
      this.#note(this.#withElapsedTime(text));
    }
    const others = unfinished.length - maximumRepeatedLines;
    if (others > 0) this.#note(`... and ${String(others)} more`);
  }

  #printChanges(previous: ReadonlyMap<string, ShownLine>, hasRecovered: boolean): void {
    if (this.#deps.terminal.canRepaint() || this.#deps.hasOwnEvents === true) return;
    for (const { text } of this.#lines) {
      const previousLine = previous.get(text);
      // After failed requests, the same line shows that the operation continues.
      const isContinued = hasRecovered && previousLine?.endedAt === undefined;
      if (previousLine === undefined || isContinued) this.#note(this.#withElapsedTime(text));
    }
  }
}

/** A period without a usable response. */
export interface Outage {
  /** Seconds since the wait started. */
  readonly startedAt: number;
  /** The time of day at which it started. */
  readonly since: Date;
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

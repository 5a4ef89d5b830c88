import type { Clock } from '../../base/clock.js';
import { formatDuration } from '../../base/clock.js';
import type { TpksError } from '../../base/errors.js';
import { messageWithHost } from '../../base/errors.js';
import { toPrintable } from '../../base/sanitize.js';
import type { Line } from '../../platform/terminal/lines.js';
import { shorten } from '../../platform/terminal/screen.js';
import type { Terminal } from '../../platform/terminal/terminal.js';
import { wrapHint } from '../../platform/terminal/wrap.js';
import { formatTimeOfDay } from '../format-time.js';
import { formatState } from '../format-state.js';

/** The state of one cluster. */
export interface ProgressLine {
  readonly name: string;
  /** As the server sends it, e.g. `in progress`. */
  readonly state: string | null | undefined;
  readonly description?: string | null | undefined;
  /** If true, its elapsed time no longer changes. */
  readonly isFinished: boolean;
  /** When the operation started, by this machine's clock; `undefined` if the server does not send it. */
  readonly startedAt?: Date | undefined;
  readonly endedAt?: Date | undefined;
}

interface ProgressDeps {
  readonly terminal: Pick<Terminal, 'canRepaint' | 'columns' | 'showLive' | 'note'>;
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
  /** Seconds between the start of the operation and the start of the wait; `undefined` if unknown. */
  readonly earlierSeconds?: number | undefined;
}

/** Times are seconds since the wait started. */
interface ShownLine extends ProgressLine {
  readonly text: string;
  readonly seenEnd: number | undefined;
  readonly start: number | undefined;
}

/** Some CI services stop a job that prints nothing for minutes. */
const silenceSeconds = 30;

/** An upgrade can have hundreds of clusters. */
const maximumRepeatedLines = 5;

/** ASCII characters, because every terminal and font can show them. */
const spinnerFrames = ['|', '/', '-', '\\'] as const;

export const spinnerMilliseconds = 250;

const minimumNameWidth = 20;

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
    this.#lines = lines.map((line) => {
      const text = formatLineText(line);
      const seenEnd = line.isFinished
        ? (previous.get(text)?.seenEnd ?? elapsedSeconds())
        : undefined;
      return { ...line, text, seenEnd, start: this.#findStart(line) };
    });
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

  #withElapsedTime(text: string): string {
    return `${text} (${formatDuration(Math.floor(this.#deps.elapsedSeconds()))})`;
  }

  #findStart({ startedAt }: ProgressLine): number | undefined {
    const { clock, elapsedSeconds, earlierSeconds } = this.#deps;
    if (startedAt === undefined) return earlierSeconds === undefined ? undefined : -earlierSeconds;
    return elapsedSeconds() - Math.max(0, secondsFrom(startedAt, clock.now()));
  }

  #repaint(): void {
    const { terminal, elapsedSeconds } = this.#deps;
    const lines = this.#lines.map((line) => this.#formatLine(line));
    const outage = this.#outage;
    if (outage !== undefined) {
      const details = formatOutage(outage, this.#deps, elapsedSeconds() - outage.startedAt);
      // The live area does not use the last column.
      const width = terminal.columns() - 1;
      for (const line of [messageWithHost(outage.error), ...details]) {
        lines.push(...wrapHint(toPrintable(line), 0, width).split('\n'));
      }
    }
    terminal.showLive(lines);
  }

  /** Formats a line, e.g. `| dev-9: in progress (1 min 12 s): Instance provisioning in progress`. */
  #formatLine(line: ShownLine): Line {
    const { terminal, elapsedSeconds } = this.#deps;
    const frame = Math.floor((elapsedSeconds() * 1000) / spinnerMilliseconds);
    const spinner = line.isFinished ? ' ' : (spinnerFrames[frame % spinnerFrames.length] ?? '');
    // A long name is shortened, so that there is room for the state and the time.
    const nameWidth = Math.max(minimumNameWidth, Math.floor(terminal.columns() / 3));
    return [
      `${spinner} `,
      shorten(line.name, nameWidth),
      ': ',
      formatState(line.state ?? 'unknown'),
      this.#formatTime(line),
      hasText(line.description) ? `: ${line.description}` : '',
    ];
  }

  #formatTime({ startedAt, endedAt, start, seenEnd }: ShownLine): string {
    const end = seenEnd ?? this.#deps.elapsedSeconds();
    if (start === undefined)
      return seenEnd === undefined ? ` (waiting for ${formatDuration(Math.floor(end))})` : '';
    const hasServerTimes = startedAt !== undefined && endedAt !== undefined;
    const seconds = hasServerTimes ? secondsFrom(startedAt, endedAt) : end - start;
    return ` (${formatDuration(Math.floor(Math.max(0, seconds)))})`;
  }

  #repeatState(): void {
    const { elapsedSeconds, label } = this.#deps;
    if (elapsedSeconds() - this.#lastNoteAt < silenceSeconds) return;
    if (this.#outage !== undefined) {
      this.#note(this.#withElapsedTime(`${messageWithHost(this.#outage.error)}; trying again`));
      return;
    }
    const unfinished = this.#lines.filter(({ isFinished }) => !isFinished);
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
      const isContinued = hasRecovered && previousLine?.isFinished !== true;
      if (previousLine === undefined || isContinued) this.#note(this.#withElapsedTime(text));
    }
  }
}

function formatLineText({ name, state, description }: ProgressLine): string {
  return [name, state, description].filter(hasText).join(': ');
}

function hasText(part: string | null | undefined): part is string {
  return part !== undefined && part !== null;
}

function secondsFrom(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
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
    'The operation continues if you press Ctrl-C',
    `To resume: ${waitCommand}`,
    ...(hint === undefined ? [] : [`Hint: ${hint}`]),
  ];
}

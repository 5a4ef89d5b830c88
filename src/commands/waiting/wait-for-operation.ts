import { Option } from 'commander';
import type { Services } from '../../app/services.js';
import type { Clock } from '../../base/clock.js';
import { formatDuration } from '../../base/clock.js';
import { isTpksError, messageWithHost, rewordError, TpksError } from '../../base/errors.js';
import type { Terminal } from '../../platform/terminal/terminal.js';
import { formatTimeOfDay } from '../format-time.js';
import { parseDuration } from '../option-values.js';
import { poll } from './poll.js';

export type WaitDeps = Pick<Services, 'clock' | 'terminal' | 'untilInterrupted'>;

/** A long operation on a server. */
export interface Operation<T> {
  /** Description for messages, e.g. `cluster dev-1`. */
  readonly label: string;
  /** Command that shows the state. */
  readonly statusCommand: string;
  /** Command that waits for the same operation again. */
  readonly waitCommand: string;
  /** Reads the current state. @param previous - the state that was last read. */
  readonly read: (previous: T | undefined) => Promise<T>;
  /** One line for each resource in the operation. */
  readonly formatLines: (state: T) => readonly ProgressLine[];
  /** Whether `onResult` prints the changes if lines cannot be redrawn. */
  readonly hasOwnEvents?: boolean | undefined;
  /** Called after each successful read. */
  readonly onResult?: (state: T, previous: T | undefined) => Promise<void>;
  readonly isFinished: (state: T) => boolean;
  /** Maximum wait; unlimited if absent. */
  readonly timeoutSeconds?: number | undefined;
}

type OperationTexts = Pick<Operation<unknown>, 'label' | 'statusCommand' | 'waitCommand'>;

const tickMilliseconds = 1000;

/**
 * Waits until an operation has finished, and shows its progress. If the wait ends early, e.g. on
 * Ctrl-C, the operation continues.
 *
 * @returns the last result of `read`.
 * @throws {TpksError} `unavailable` after the timeout; `cancelled` on Ctrl-C; errors of `read` that
 *   waiting cannot fix, such as the end of a session.
 */
export async function waitForOperation<T>(operation: Operation<T>, deps: WaitDeps): Promise<T> {
  const { clock, terminal } = deps;
  const startedAt = clock.monotonic();
  const elapsedSeconds = () => (clock.monotonic() - startedAt) / 1000;
  const progress = new Progress({ ...operation, terminal, clock, elapsedSeconds });
  let isStopped = false;

  const pollUntilFinished = async (): Promise<T> => {
    let previous: T | undefined;
    const polled = poll(() => operation.read(previous), { clock, isStopped: () => isStopped });
    for await (const { state, error } of polled) {
      if (isStopped) break;
      if (error !== undefined) {
        progress.showError(error);
        continue;
      }
      progress.showState(operation.formatLines(state));
      await operation.onResult?.(state, previous);
      if (operation.isFinished(state)) return state;
      previous = state;
    }
    throw new TpksError('cancelled', 'Stopped waiting');
  };

  /** Runs in parallel, because a single read can take a long time. */
  const updateUntilTimeout = async (): Promise<never> => {
    const { timeoutSeconds = Infinity } = operation;
    for (;;) {
      const left = timeoutSeconds - elapsedSeconds();
      if (left <= 0) throw timeoutError(operation, timeoutSeconds, progress.outage);
      await clock.sleep(Math.min(tickMilliseconds, left * 1000));
      if (isStopped) return new Promise(() => undefined);
      progress.tick();
    }
  };

  const waitForInterrupt = async (): Promise<never> => {
    await deps.untilInterrupted();
    throw new TpksError('cancelled', `Interrupted: the operation on ${operation.label} continues`, {
      hint: resumeHint(operation),
    });
  };

  try {
    return await Promise.race([
      pollUntilFinished().catch(withResumeHint(operation)),
      updateUntilTimeout(),
      waitForInterrupt(),
    ]);
  } finally {
    isStopped = true;
    progress.end();
  }
}

function timeoutError(
  texts: OperationTexts,
  seconds: number,
  outage: Outage | undefined,
): TpksError {
  const reason =
    outage === undefined ? '' : ` (last request failed: ${messageWithHost(outage.error)})`;
  return new TpksError(
    'unavailable',
    `Stopped waiting for ${texts.label} after ${formatDuration(seconds)}: the operation continues${reason}`,
    { hint: resumeHint(texts) },
  );
}

/** Adds a hint on how to resume the wait, unless the resource does not exist. */
function withResumeHint(texts: OperationTexts): (error: unknown) => never {
  return (error) => {
    if (!isTpksError(error) || error.kind === 'notFound') throw error;
    const { hint } = error;
    throw rewordError(error, {
      hint: [...(hint === undefined ? [] : [hint]), resumeHint(texts)].join('\n'),
    });
  };
}

function resumeHint({ statusCommand, waitCommand }: OperationTexts): string {
  return `check the state: ${statusCommand}\nresume waiting: ${waitCommand}`;
}

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
class Progress {
  readonly #deps: ProgressDeps;
  #lines: readonly ShownLine[] = [];
  #outage: Outage | undefined;
  #lastNoteAt = 0;

  constructor(deps: ProgressDeps) {
    this.#deps = deps;
  }

  /** The outage in progress. */
  get outage(): Outage | undefined {
    return this.#outage;
  }

  /** Shows the new state. @param lines - one for each resource. */
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

  /** Updates the elapsed times. */
  tick(): void {
    if (!this.#deps.terminal.canRepaint()) this.#repeatState();
    this.#repaint();
  }

  /** Removes the lines that change in place. */
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
interface Outage {
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

/** The flags of commands that can wait for the operation that they start. */
export interface WaitFlags {
  readonly wait?: boolean;
  /** Seconds. */
  readonly waitTimeout?: number;
}

/** Creates the options of commands that start a long operation. */
export function waitOptions(): Option[] {
  return [
    new Option('--wait', 'wait until the operation has finished; exit with 1 if it fails'),
    waitTimeoutOption().implies({ wait: true }),
  ];
}

/** Creates the option that limits the wait. */
export function waitTimeoutOption(): Option {
  return new Option(
    '--wait-timeout <duration>',
    'stop waiting after this time, e.g. 45m, and exit with 5',
  ).argParser(parseDuration);
}

import { Option } from 'commander';
import type { Services } from '../../app/services.js';
import { formatDuration, type Clock } from '../../base/clock.js';
import { isTpksError, messageWithHost, rewordError, TpksError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import { parseDuration } from '../option-values.js';
import { poll } from './poll.js';
import { type ProgressLine, Progress, type Outage, spinnerMilliseconds } from './progress.js';

export type WaitDeps = Pick<Services, 'clock' | 'terminal' | 'untilInterrupted'>;

export interface Operation<T> {
  /** Description for messages, e.g. `cluster dev-1`. */
  readonly label: string;
  readonly statusCommand: string;
  readonly waitCommand: string;
  /** Reads the current state. @param previous - the state that was last read. */
  readonly read: (previous: T | undefined) => Promise<T>;
  readonly formatLines: (state: T) => readonly ProgressLine[];
  /** Whether `onResult` prints the changes if lines cannot be redrawn. */
  readonly hasOwnEvents?: boolean | undefined;
  readonly onResult?: (state: T, previous: T | undefined) => Promise<void>;
  readonly isFinished: (state: T) => boolean;
  /** Maximum wait; unlimited if absent. */
  readonly timeoutSeconds?: number | undefined;
  /** When this command sent the request that started the operation (`clock.monotonic`); absent if another command did. */
  readonly sentAt?: number | undefined;
}

/** Formats `--context NAME` for the commands in hints, if the user typed this option; else an empty string. */
export function formatContextOption({ options }: Pick<Services, 'options'>): string {
  const { context } = options();
  return context === undefined ? '' : ` --context ${quoteForShell(context)}`;
}

type OperationTexts = Pick<Operation<unknown>, 'label' | 'statusCommand' | 'waitCommand'>;

const tickMilliseconds = 1000;

/**
 * Waits until an operation has finished, and shows its progress. If the wait ends early, e.g. on
 * Ctrl-C, the operation continues.
 * @returns the last result of `read`.
 * @throws {TpksError} `unavailable` after the timeout; `cancelled` on Ctrl-C; errors of `read` that
 *   waiting cannot fix, such as the end of a session.
 */
export async function waitForOperation<T>(operation: Operation<T>, deps: WaitDeps): Promise<T> {
  const { clock, terminal } = deps;
  const startedAt = clock.monotonic();
  const elapsedSeconds = () => (clock.monotonic() - startedAt) / 1000;
  const { sentAt } = operation;
  const earlierSeconds = sentAt === undefined ? undefined : (startedAt - sentAt) / 1000;
  const progress = new Progress({
    ...operation,
    ...{ terminal, clock, elapsedSeconds, earlierSeconds },
  });
  const pause = terminal.canRepaint() ? spinnerMilliseconds : tickMilliseconds;
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
      await clock.sleep(Math.min(pause, left * 1000));
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
    throw rewordError(error, { nextHint: resumeHint(texts) });
  };
}

function resumeHint({ statusCommand, waitCommand }: OperationTexts): string {
  return `check the state: ${statusCommand}\nresume waiting: ${waitCommand}`;
}

/** Formats the time since a request was sent, e.g. `1 min 58 s`. @param sentAt - by `clock.monotonic`. */
export function formatTimeSince(sentAt: number, { monotonic }: Pick<Clock, 'monotonic'>): string {
  return formatDuration(Math.floor((monotonic() - sentAt) / 1000));
}

/** The flags of commands that can wait for the operation that they start. */
export interface WaitFlags {
  readonly wait?: boolean;
  /** Seconds. */
  readonly waitTimeout?: number;
}

export function waitOptions(): Option[] {
  return [
    new Option('--wait', 'wait until the operation has finished; exit with 1 if it fails'),
    waitTimeoutOption().implies({ wait: true }),
  ];
}

export function waitTimeoutOption(): Option {
  return new Option(
    '--wait-timeout <duration>',
    'stop waiting after this time, e.g. 45m, and exit with 5',
  ).argParser(parseDuration);
}

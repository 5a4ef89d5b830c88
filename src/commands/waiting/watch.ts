import { isTpksError, reworded, TpksError } from '../../errors.js';
import type { Services } from '../../services.js';
import { spanText } from '../span.js';
import { poll } from './poll.js';
import { createProgress, type ProgressLine } from './progress.js';

export type WatchDeps = Pick<Services, 'clock' | 'terminal' | 'untilInterrupted'>;

/** What is waited for, in words. */
export interface WatchedThing {
  /** E.g. `cluster dev-1`. */
  readonly what: string;
  /** The command that shows how it stands, and that which waits again. */
  readonly lookAgain: string;
  readonly waitAgain: string;
}

/** Something that takes its time on a server. */
export interface Watched<T> extends WatchedThing {
  readonly look: () => Promise<T>;
  /** One line for each thing that is waited for. */
  readonly lines: (seen: T) => readonly ProgressLine[];
  /** Is told of every look. */
  readonly onSeen?: (seen: T) => Promise<void>;
  readonly isOver: (seen: T) => boolean;
  /** Without it as long as it takes. */
  readonly timeoutSeconds?: number | undefined;
}

const tickMilliseconds = 1000;

/**
 * Waits until something is over, and shows how it goes on. Whatever ends the waiting before that,
 * Ctrl-C too, leaves the thing itself alone.
 *
 * @returns what was seen at last.
 * @throws {TpksError} `unavailable` when the time is over; `cancelled` on Ctrl-C; what a look throws
 *   that waiting cannot help against, such as the end of a session.
 */
export async function watch<T>(watched: Watched<T>, deps: WatchDeps): Promise<T> {
  const { clock, terminal } = deps;
  const startedAt = clock.monotonic();
  const elapsedSeconds = () => (clock.monotonic() - startedAt) / 1000;
  const progress = createProgress({ terminal, elapsedSeconds });
  let isStopped = false;

  const looking = async (): Promise<T> => {
    for await (const { seen, trouble } of poll(watched.look, {
      clock,
      isStopped: () => isStopped,
    })) {
      if (isStopped) break;
      if (trouble !== undefined) {
        progress.trouble(trouble.message);
        continue;
      }
      progress.seen(watched.lines(seen));
      await watched.onSeen?.(seen);
      if (watched.isOver(seen)) return seen;
    }
    throw new TpksError('cancelled', 'Nobody waits any more');
  };

  /** Time passes also while a look takes long. */
  const ticking = async (): Promise<never> => {
    const { timeoutSeconds = Infinity } = watched;
    for (;;) {
      const left = timeoutSeconds - elapsedSeconds();
      if (left <= 0) throw tooLong(watched, timeoutSeconds);
      await clock.sleep(Math.min(tickMilliseconds, left * 1000));
      if (isStopped) return new Promise(() => undefined);
      progress.tick();
    }
  };

  const interrupted = async (): Promise<never> => {
    await deps.untilInterrupted();
    throw new TpksError('cancelled', `Interrupted: ${watched.what} goes on`, {
      hint: howToGoOn(watched),
    });
  };

  try {
    return await Promise.race([looking().catch(explained(watched)), ticking(), interrupted()]);
  } finally {
    isStopped = true;
    progress.end();
  }
}

function tooLong(thing: WatchedThing, seconds: number): TpksError {
  return new TpksError('unavailable', `Waited ${spanText(seconds)} for ${thing.what}: it goes on`, {
    hint: howToGoOn(thing),
  });
}

/** Whatever ended the waiting did not end what was waited for, unless it is not there. */
function explained(thing: WatchedThing): (error: unknown) => never {
  return (error) => {
    if (!isTpksError(error) || error.kind === 'notFound') throw error;
    const { hint } = error;
    throw reworded(error, {
      hint: [...(hint === undefined ? [] : [hint]), howToGoOn(thing)].join('\n'),
    });
  };
}

function howToGoOn({ lookAgain, waitAgain }: WatchedThing): string {
  return `${lookAgain} shows how it stands; ${waitAgain} waits again`;
}

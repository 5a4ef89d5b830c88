import type { Clock } from '../../clock.js';
import { isTpksError, type TpksError } from '../../errors.js';

/** What one look brought. */
export type Look<T> =
  | { readonly seen: T; readonly trouble?: undefined }
  | { readonly seen?: undefined; readonly trouble: TpksError };

export interface PollDeps {
  readonly clock: Clock;
  /** Nobody wants to know any more. */
  readonly isStopped: () => boolean;
}

const firstPauseMilliseconds = 1000;
const longestPauseMilliseconds = 10_000;
const growth = 1.5;

/**
 * Looks again and again, at growing distances, for as long as the caller takes what it yields.
 * Trouble with the network or a server is news like any other: it passes.
 *
 * @param look - looks once.
 * @throws what `look` throws, if waiting cannot help against it.
 */
export async function* poll<T>(
  look: () => Promise<T>,
  { clock, isStopped }: PollDeps,
): AsyncGenerator<Look<T>, void> {
  let pause = firstPauseMilliseconds;
  while (!isStopped()) {
    yield await lookOnce(look);
    await clock.sleep(pause);
    pause = Math.min(pause * growth, longestPauseMilliseconds);
  }
}

/** Looks, and takes trouble that passes for what was seen. @throws what `look` throws besides */
export async function lookOnce<T>(look: () => Promise<T>): Promise<Look<T>> {
  try {
    return { seen: await look() };
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'unavailable') throw error;
    return { trouble: error };
  }
}

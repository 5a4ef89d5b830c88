import { isSuccess } from '../../api/client/api-error.js';
import type { Clock } from '../../base/clock.js';
import { isTpksError, type TpksError } from '../../base/errors.js';

/** Result of one read: the state, or a temporary error. */
type PollResult<T> =
  | { readonly state: T; readonly error?: undefined }
  | { readonly state?: undefined; readonly error: TpksError };

interface PollDeps {
  readonly clock: Clock;
  /** Whether the caller has stopped waiting. */
  readonly isStopped: () => boolean;
  /** Pause between reads; if absent, the pauses grow from 1 s to 10 s. */
  readonly pauseMilliseconds?: number;
}

const firstPauseMilliseconds = 1000;
const longestPauseMilliseconds = 10_000;
const growthFactor = 1.5;

/** A restarting server or a proxy does not send this many identical malformed responses in a row. */
const maximumMalformed = 5;

/**
 * Reads a state repeatedly, with pauses, until the caller stops iterating. Network and server errors
 * are yielded like other results, because they are usually temporary.
 * @param read - reads the state once.
 * @throws errors of `read` that waiting cannot fix, and an error if the server keeps sending the
 *   same malformed response.
 */
export async function* poll<T>(
  read: () => Promise<T>,
  { clock, isStopped, pauseMilliseconds }: PollDeps,
): AsyncGenerator<PollResult<T>, void> {
  let pause = pauseMilliseconds ?? firstPauseMilliseconds;
  let malformed: { readonly message: string; readonly count: number } | undefined;
  while (!isStopped()) {
    const result = await readOnce(read);
    const { error } = result;
    if (error !== undefined && isMalformed(error)) {
      const previousCount = malformed?.message === error.message ? malformed.count : 0;
      malformed = { message: error.message, count: previousCount + 1 };
      if (malformed.count === maximumMalformed) throw error;
    } else malformed = undefined;
    yield result;
    await clock.sleep(pause);
    if (pauseMilliseconds === undefined) {
      pause = Math.min(pause * growthFactor, longestPauseMilliseconds);
    }
  }
}

/** Whether the server reported success, but with a malformed body. */
function isMalformed({ status }: TpksError): boolean {
  return status !== undefined && isSuccess({ status });
}

/** Returns temporary errors as a result. @throws all other errors of `read` */
async function readOnce<T>(read: () => Promise<T>): Promise<PollResult<T>> {
  try {
    return { state: await read() };
  } catch (error) {
    if (!isTpksError(error) || error.kind !== 'unavailable') throw error;
    return { error };
  }
}

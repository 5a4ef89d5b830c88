import { isTpksError, reworded } from '../errors.js';

/** Waits before the next try, so that those who collide do not do so again at once. */
export type Pause = (triesSoFar: number) => Promise<void>;

/** Twenty at the same time all get through; who loses so often meets a program that never rests. */
const mostTries = 12;

/**
 * Reads, changes, writes; when somebody else wrote in between, does it again from what stands now.
 * @param attempt - reads and writes once.
 * @param lost - words for when others were quicker each time.
 * @throws {TpksError} `conflict` after {@link mostTries}; whatever else `attempt` throws.
 */
export async function retryConflicts<T>(
  attempt: () => Promise<T>,
  { pause, lost }: { readonly pause: Pause; readonly lost: () => string },
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTpksError(error) || error.kind !== 'conflict') throw error;
      if (tries === mostTries) {
        const hint = 'find out which program changes it all the time, then try again';
        throw reworded(error, { message: lost(), hint });
      }
      await pause(tries);
    }
  }
}

import { isTpksError, type TpksError } from '../../base/errors.js';

/** An object to change, or the reason why it was not found. */
export interface Selection<T> {
  readonly name: string;
  readonly match: T | TpksError;
}

export interface Outcome {
  readonly name: string;
  /** Follows the name in the output, e.g. `added to pks.clusters.manage`. */
  readonly message: string;
  /** Why the change failed; `undefined` if it succeeded. */
  readonly error?: TpksError;
}

export interface Outcomes {
  readonly outcomes: readonly Outcome[];
  /** An error that would also affect the remaining objects, so they were not processed. */
  readonly fatalError?: TpksError;
}

/**
 * Changes objects one after the other. Continues after an error that affects only one object.
 * @param change - changes an object and returns the message for the output.
 * @param isFatal - whether an error would also affect the remaining objects.
 */
export async function processEach<T>(
  selections: readonly Selection<T>[],
  change: (match: T, name: string) => Promise<string>,
  isFatal: (error: TpksError) => boolean = () => false,
): Promise<Outcomes> {
  const outcomes: Outcome[] = [];
  for (const { name, match } of selections) {
    try {
      if (isTpksError(match)) throw match;
      outcomes.push({ name, message: await change(match, name) });
    } catch (error) {
      if (!isTpksError(error)) throw error;
      if (isFatal(error)) return { outcomes, fatalError: error };
      outcomes.push({ name, message: error.message, error });
    }
  }
  return { outcomes };
}

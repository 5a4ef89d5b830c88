import { type ErrorKind, isTpksError, TpksError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Terminal } from '../../platform/terminal/terminal.js';

/** An object to change, or the reason why it was not found. */
export interface Selection<T> {
  readonly name: string;
  readonly match: T | TpksError;
}

/** The result for one object. */
export interface Outcome {
  readonly name: string;
  /** Follows the name in the output, e.g. `added to pks.clusters.manage`. */
  readonly message: string;
  /** Why the change failed; `undefined` if it succeeded. */
  readonly error?: TpksError;
}

/** The results for all objects. */
export interface Outcomes {
  readonly outcomes: readonly Outcome[];
  /** An error that would also affect the remaining objects, so they were not processed. */
  readonly fatalError?: TpksError;
}

/** Errors that affect only one user. */
export const singleUserErrors: readonly ErrorKind[] = ['notFound', 'conflict', 'failed'];

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

/**
 * Shows the result for each user.
 * @param summary - the end of the error, e.g. `were not added to pks.clusters.manage`.
 * @throws {TpksError} if a change failed. If there are several users, the results are shown first.
 */
export async function showOutcomes(
  results: Outcomes,
  { group, summary }: { readonly group: string; readonly summary: string },
  terminal: Terminal,
): Promise<void> {
  const { outcomes, fatalError } = results;
  const isComplete = fatalError === undefined && outcomes.every(({ error }) => error === undefined);
  const count = fatalError === undefined ? outcomes.length : outcomes.length + 1;
  const lines = outcomes.map(({ name, message }) => `${name}: ${message}`);
  if (isComplete || count > 1) {
    await terminal.show({
      json: {
        group,
        users: outcomes.map(({ name, message, error }) => ({
          name,
          done: error === undefined,
          message,
        })),
      },
      text: isComplete ? [...lines, 'success'] : lines,
    });
  }
  rejectFailures(results, { group, summary });
}

/**
 * @param summary - the end of the error for several users, e.g. `were not added to pks.clusters.manage`.
 * @throws {TpksError} if a change failed.
 */
export function rejectFailures(
  { outcomes, fatalError }: Outcomes,
  { group, summary }: { readonly group: string; readonly summary: string },
): void {
  if (fatalError !== undefined) throw fatalError;
  const errors = outcomes.flatMap(({ error }) => error ?? []);
  const [first] = errors;
  if (first === undefined) return;
  if (outcomes.length === 1) throw first;
  const hints = new Set(errors.flatMap(({ hint }) => hint ?? []));
  if (hints.size === 0) hints.add(`tpks uaa members ${quoteForShell(group)}`);
  throw new TpksError(
    'failed',
    `${String(errors.length)} of ${String(outcomes.length)} users ${summary}`,
    { hint: [...hints].join('\n'), cause: first },
  );
}

import { isTpksError, TpksError, type ErrorKind } from '../../../errors.js';
import type { Terminal } from '../../../terminal/terminal.js';
import type { UserIdentity } from '../../../uaa/users.js';

/** The result for one user. */
export interface Outcome {
  readonly name: string;
  /** Follows the name in the output, e.g. `added to pks.clusters.manage`. */
  readonly message: string;
  /** Why the change failed; `undefined` if it succeeded. */
  readonly error?: TpksError;
}

/** The results for all users. */
export interface Outcomes {
  readonly outcomes: readonly Outcome[];
  /** An error that would also affect the remaining users, so that they were not processed. */
  readonly fatalError?: TpksError;
}

/** Errors that affect only one user. */
const singleUserErrors: ReadonlySet<ErrorKind> = new Set(['notFound', 'conflict', 'failed']);

/**
 * Changes users one after the other. Continues after an error that affects only one user.
 * @param found - for each of `names`, in the same order, the user or the reason why there is none.
 * @param change - changes a user and returns the message for the output.
 */
export async function processUsers(
  names: readonly string[],
  found: readonly (UserIdentity | TpksError)[],
  change: (user: UserIdentity) => Promise<string>,
): Promise<Outcomes> {
  const each: Outcome[] = [];
  for (const [index, user] of found.entries()) {
    const name = names[index] ?? '';
    try {
      if (isTpksError(user)) throw user;
      each.push({ name, message: await change(user) });
    } catch (error) {
      if (!isTpksError(error)) throw error;
      if (!singleUserErrors.has(error.kind)) return { outcomes: each, fatalError: error };
      each.push({ name, message: error.message, error: error });
    }
  }
  return { outcomes: each };
}

/**
 * Shows the result for each user.
 * @param summary - the end of the error, e.g. `were not added to pks.clusters.manage`.
 * @throws {TpksError} after the output, if a change failed; `failed` if there are several users.
 */
export async function showOutcomes(
  { outcomes: each, fatalError: stopped }: Outcomes,
  { group, summary }: { readonly group: string; readonly summary: string },
  terminal: Terminal,
): Promise<void> {
  const failures = each.flatMap(({ error: failure }) => failure ?? []);
  const [first] = failures;
  if (stopped !== undefined && each.length === 0) throw stopped;
  if (first !== undefined && each.length === 1 && stopped === undefined) throw first;
  const lines = each.map(({ name, message: words }) => `${name}: ${words}`);
  const isComplete = first === undefined && stopped === undefined;
  await terminal.show({
    json: {
      group,
      users: each.map(({ name, message: words, error: failure }) => ({
        name,
        done: failure === undefined,
        message: words,
      })),
    },
    text: isComplete ? [...lines, 'success'] : lines,
  });
  if (stopped !== undefined) throw stopped;
  if (first === undefined) return;
  const hints = new Set(failures.flatMap(({ hint }) => hint ?? []));
  throw new TpksError(
    'failed',
    `${String(failures.length)} of ${String(each.length)} users ${summary}`,
    { hint: [...hints].join('\n'), cause: first },
  );
}

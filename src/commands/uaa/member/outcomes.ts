import { isTpksError, TpksError, type ErrorKind } from '../../../errors.js';
import type { Terminal } from '../../../terminal/terminal.js';
import type { UserIdentity } from '../../../uaa/users.js';

/** What became of one user. */
export interface Outcome {
  readonly name: string;
  /** In words that follow the name, e.g. `added to pks.clusters.manage`. */
  readonly message: string;
  /** Why it was not done, where it was not. */
  readonly error?: TpksError;
}

/** What became of all of them. */
export interface Outcomes {
  readonly outcomes: readonly Outcome[];
  /** What ended it before all had their turn: it would have been the same for the rest. */
  readonly fatalError?: TpksError;
}

/** Failures that concern one name. */
const singleUserErrors: ReadonlySet<ErrorKind> = new Set(['notFound', 'conflict', 'failed']);

/**
 * Does one thing with each user, one after the other, and goes on when it fails for one of them.
 * @param found - the users of `names`, in their order, or why there is none.
 * @param act - does it and says what it did.
 */
export async function processUsers(
  names: readonly string[],
  found: readonly (UserIdentity | TpksError)[],
  act: (user: UserIdentity) => Promise<string>,
): Promise<Outcomes> {
  const each: Outcome[] = [];
  for (const [index, user] of found.entries()) {
    const name = names[index] ?? '';
    try {
      if (isTpksError(user)) throw user;
      each.push({ name, message: await act(user) });
    } catch (error) {
      if (!isTpksError(error)) throw error;
      if (!singleUserErrors.has(error.kind)) return { outcomes: each, fatalError: error };
      each.push({ name, message: error.message, error: error });
    }
  }
  return { outcomes: each };
}

/**
 * Says what became of each name, then fails if one of them failed.
 * @param summary - of the failures, e.g. `were not added to pks.clusters.manage`.
 * @throws {TpksError}
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
  const isAllDone = first === undefined && stopped === undefined;
  await terminal.show({
    json: {
      group,
      users: each.map(({ name, message: words, error: failure }) => ({
        name,
        done: failure === undefined,
        message: words,
      })),
    },
    text: isAllDone ? [...lines, 'success'] : lines,
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

import { isTpksError, TpksError, type ErrorKind } from '../../../errors.js';
import type { Terminal } from '../../../terminal/terminal.js';
import type { UserIdentity } from '../../../uaa/users.js';

/** What became of one user. */
export interface Outcome {
  readonly name: string;
  /** In words that follow the name, e.g. `added to pks.clusters.manage`. */
  readonly words: string;
  /** Why it was not done, where it was not. */
  readonly failure?: TpksError;
}

/** Failures that concern one name; any other would be the same for all. */
const ofOneName: ReadonlySet<ErrorKind> = new Set(['notFound', 'conflict', 'failed']);

/**
 * Does one thing with each user, one after the other, and goes on when it fails for one of them.
 * @param found - the users of `names`, in their order, or why there is none.
 * @param act - does it and says what it did.
 */
export async function eachUser(
  names: readonly string[],
  found: readonly (UserIdentity | TpksError)[],
  act: (user: UserIdentity) => Promise<string>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [index, user] of found.entries()) {
    const name = names[index] ?? '';
    try {
      if (isTpksError(user)) throw user;
      outcomes.push({ name, words: await act(user) });
    } catch (error) {
      if (!isTpksError(error) || !ofOneName.has(error.kind)) throw error;
      outcomes.push({ name, words: error.message, failure: error });
    }
  }
  return outcomes;
}

/**
 * Says what became of each name, then fails if one of them failed.
 * @param summary - of the failures, e.g. `not added to pks.clusters.manage`.
 * @throws {TpksError}
 */
export async function showOutcomes(
  outcomes: readonly Outcome[],
  { group, summary }: { readonly group: string; readonly summary: string },
  terminal: Terminal,
): Promise<void> {
  const failures = outcomes.flatMap(({ failure }) => failure ?? []);
  const [first] = failures;
  if (first !== undefined && outcomes.length === 1) throw first;
  const lines = outcomes.map(({ name, words }) => `${name}: ${words}`);
  await terminal.show({
    json: {
      group,
      users: outcomes.map(({ name, words, failure }) => ({
        name,
        done: failure === undefined,
        message: words,
      })),
    },
    text: first === undefined ? [...lines, 'success'] : lines,
  });
  if (first === undefined) return;
  const hints = new Set(failures.flatMap(({ hint }) => hint ?? []));
  throw new TpksError(
    'failed',
    `${String(failures.length)} of ${String(outcomes.length)} users ${summary}`,
    { hint: [...hints].join('\n'), cause: first },
  );
}

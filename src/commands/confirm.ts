import type { GlobalOptions } from '../app/runtime.js';
import type { Services } from '../app/services.js';
import { TpksError } from '../base/errors.js';
import { describeIdentity, type Context } from '../domain/contexts/context.js';

type Deps = Pick<Services, 'terminal' | 'options'>;

export type ConfirmDeps = Deps & Pick<Services, 'link' | 'context' | 'session'>;

interface ConfirmSettings {
  /** Text between the question and the answer. */
  readonly choices?: string;
  /**
   * Runs before the question is shown; not called if the user cannot be prompted. Returns the question
   * to show on a terminal, if it differs.
   */
  readonly beforePrompt?: () => Promise<string | undefined>;
}

/**
 * Asks for confirmation. Only `y` or `yes` confirms, as in the original CLI. Without a terminal, the
 * answer is read from stdin.
 * @param question - e.g. `Are you sure ...?`.
 * @returns whether the user confirmed. With `--yes` or `--non-interactive`, returns `true` without a prompt.
 * @throws {TpksError} `usage` if stdin has no answer, or was already read for another input; `cancelled` on
 *   Ctrl-C.
 * @see docs/contributing/servers/pks-cli.md#changes
 */
export async function confirm(
  question: string,
  { terminal, options }: Deps,
  { choices = ' (y/n): ', beforePrompt }: ConfirmSettings = {},
): Promise<boolean> {
  if (isConfirmedByOptions(options())) return true;
  const stdinName = terminal.stdinName();
  if (stdinName !== undefined) {
    // The answer cannot follow a file on stdin.
    throw cannotPromptError(`because stdin was read for ${stdinName}`, question);
  }
  let answer: string;
  if (terminal.canPrompt()) {
    const message = (await beforePrompt?.()) ?? question;
    answer = await terminal.prompt({ message: `${message}${choices}`, hint: yesHint });
  } else {
    const piped = await terminal.readLine();
    if (piped === undefined) throw cannotPromptError('without a terminal', question);
    answer = piped;
    await beforePrompt?.();
    await terminal.announce([`${question}${choices}${answer}`]);
  }
  return /^y(?:es)?$/i.test(answer.trim());
}

interface DestructiveChange<Found> {
  /** The question of the original CLI. */
  readonly question: string;
  /** Text between the question and the answer; ` (y/n): ` by default. */
  readonly choices?: string;
  /** Fails if the resource does not exist. Not called with `--yes` or `--non-interactive`, or if no answer can be read. */
  readonly find: () => Promise<Found>;
  readonly describe?: (found: Found) => readonly string[];
  /** The question on a terminal, unless tpks is run as `pks` or `tkgi`. */
  readonly terminalQuestion?: (found: Found) => string;
  readonly cancelledMessage?: string;
}

/**
 * Asks for confirmation of a destructive change at the PKS API. Shows the installation and the identity
 * before the question, unless tpks is run as `pks` or `tkgi`. Checks for a session first, because the change would
 * fail without one, and stdin may be a pipe that nothing is written to.
 * @throws {TpksError} the same errors as {@link confirm}, errors of `find`, and `unauthenticated` without a session.
 */
export async function confirmDestructiveChange<Found>(
  change: DestructiveChange<Found>,
  deps: ConfirmDeps,
): Promise<boolean> {
  const { question, choices, find, describe, terminalQuestion } = change;
  const { terminal } = deps;
  if (!isConfirmedByOptions(deps.options())) await requireSession(deps);
  const isConfirmed = await confirm(question, deps, {
    ...(choices === undefined ? {} : { choices }),
    beforePrompt: async () => {
      const found = await find();
      if (deps.link.imitatesPks) return undefined;
      terminal.note(describeContext(await deps.context()));
      for (const line of describe?.(found) ?? []) terminal.note(line);
      return terminalQuestion?.(found);
    },
  });
  if (!isConfirmed) terminal.note(change.cancelledMessage ?? 'Cancelled');
  return isConfirmed;
}

/** Describes the installation and the identity, e.g. `Installation https://..., user cody`. */
export function describeContext(
  context: Pick<Context, 'uaa' | 'grant' | 'identity'> & Partial<Pick<Context, 'api'>>,
): string {
  return `Installation ${context.api ?? context.uaa}, ${describeIdentity(context)}`;
}

/** Checks that there is a session, without sending a request. @throws {TpksError} `unauthenticated` with the reason. */
async function requireSession(deps: Pick<Services, 'context' | 'session'>): Promise<void> {
  const context = await deps.context();
  // The credentials are in the environment.
  if (context.store === 'none') return;
  const session = deps.session(context);
  const stored = await session.readStored();
  const isUnusable = stored === undefined || stored.refreshRejectedAt !== undefined;
  // Throws the error with the reason, before any request.
  if (isUnusable) await session.accessToken();
}

function isConfirmedByOptions({ interactive, yes }: GlobalOptions): boolean {
  return !interactive || yes === true;
}

const yesHint = 'add --yes to skip the confirmation';

function cannotPromptError(reason: string, question: string): TpksError {
  return new TpksError('usage', `Cannot prompt ${reason}: ${question}`, { hint: yesHint });
}

import type { Context } from '../contexts/context.js';
import { TpksError } from '../errors.js';
import type { Services } from '../services.js';

type Deps = Pick<Services, 'terminal' | 'options'>;

export type ConfirmDeps = Deps & Pick<Services, 'context' | 'session'>;

interface ConfirmSettings {
  /** How to run the command without the question. */
  readonly instead?: string;
  /** Runs before the question is shown, and only if there is someone to answer it. */
  readonly beforePrompt?: () => Promise<void>;
  /** Printed if the user does not confirm. */
  readonly refused?: string;
}

/**
 * Asks for confirmation, as the original does: only `y` or `yes` confirms. With `--non-interactive`
 * it does not ask. Without a terminal, a script can pipe the answer in.
 *
 * @param question - with its ending, e.g. `Are you sure …? (y/n): `.
 * @throws {TpksError} `usage` if there is no answer; `cancelled` on Ctrl-C.
 * @see pks-cli, section 15
 */
export async function confirm(
  question: string,
  { terminal, options }: Deps,
  {
    instead = nonInteractiveHint,
    beforePrompt: before = () => Promise.resolve(),
  }: ConfirmSettings = {},
): Promise<boolean> {
  if (!options().interactive) return true;
  let answer: string;
  if (terminal.canAsk()) {
    await before();
    answer = await terminal.ask({ prompt: question, insteadUse: instead });
  } else {
    answer = await readPipedAnswer(question, instead, terminal);
    await before();
    terminal.note(`${question}${answer}`);
  }
  return /^y(?:es)?$/i.test(answer.trim());
}

/**
 * Asks for confirmation of a change at the PKS API. Fails before asking if there is no session, because
 * the change would fail anyway, and stdin may be a pipe that is never written to.
 *
 * @throws {TpksError} also `unauthenticated`
 */
export async function confirmChange(
  question: string,
  deps: ConfirmDeps,
  settings: ConfirmSettings = {},
): Promise<boolean> {
  if (deps.options().interactive) await requireSession(deps);
  const isConfirmed = await confirm(question, deps, settings);
  if (!isConfirmed) deps.terminal.note(settings.refused ?? 'Nothing was changed');
  return isConfirmed;
}

/**
 * The same for a change that destroys something: shows the installation and the identity before the
 * question.
 *
 * @param find - fails if the resource does not exist; called only if there is someone to answer.
 * @throws {TpksError} also what `find` throws.
 */
export async function confirmDestruction(
  question: string,
  find: () => Promise<unknown>,
  deps: ConfirmDeps,
  settings: Pick<ConfirmSettings, 'refused'> = {},
): Promise<boolean> {
  return confirmChange(question, deps, {
    ...settings,
    beforePrompt: async () => {
      await find();
      deps.terminal.note(describeContext(await deps.context()));
    },
  });
}

/** The installation and the identity that a change affects. */
export function describeContext({
  api,
  uaa,
  grant,
  identity,
}: Pick<Context, 'api' | 'uaa' | 'grant' | 'identity'>): string {
  const kind = grant === 'client_credentials' ? 'client' : 'user';
  return `Installation ${api ?? uaa}, ${kind} ${identity}`;
}

/**
 * Checks for a usable session, without a request.
 * @throws {TpksError} `unauthenticated` with the reason.
 */
async function requireSession(deps: Pick<Services, 'context' | 'session'>): Promise<void> {
  const context = await deps.context();
  // The environment has the credentials.
  if (context.store === 'none') return;
  const session = await deps.session(context);
  const stored = await session.stored();
  const isUnusable = stored === undefined || stored.refreshRejectedAt !== undefined;
  // For such a session it fails before it sends a request.
  if (isUnusable) await session.accessToken();
}

const nonInteractiveHint = 'add --non-interactive to go on without the question';

async function readPipedAnswer(
  question: string,
  instead: string,
  terminal: Services['terminal'],
): Promise<string> {
  const answer = await terminal.readLine();
  if (answer === undefined) {
    const asked = question.replace(/\s*\(y\/n\):?\s*$/, '');
    throw new TpksError('usage', `There is no terminal to ask at: ${asked}`, {
      hint: instead,
    });
  }
  return answer;
}

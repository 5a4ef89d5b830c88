import { TpksError } from '../../errors.js';
import { Secret } from '../../secret.js';
import type { Terminal } from '../../terminal/terminal.js';

/** Sources of a one-time code. */
interface PasscodeInput {
  /** The value of `flag`; `-` reads stdin. */
  readonly typed: string | undefined;
  /** URL of the UAA's page that shows codes. */
  readonly page: string;
  /** Creates the prompt, and a note to print before it. */
  readonly question: () => Promise<{ readonly note?: string; readonly prompt: string }>;
  /** E.g. `--sso-passcode`. */
  readonly flag: string;
}

/**
 * Finds a one-time code in the option's value, then on stdin, then with a prompt.
 * @throws {TpksError} `usage` if there is no code and the user cannot be prompted.
 */
export async function findPasscode(
  { typed, page, question, flag }: PasscodeInput,
  terminal: Pick<Terminal, 'canAsk' | 'readLine' | 'readStdin' | 'note' | 'ask'>,
): Promise<Secret> {
  if (typed !== undefined && typed !== '-') return new Secret(typed);
  if (typed === '-' || !terminal.canAsk()) {
    // Without `-`, stdin may be a pipe that is never written to: `readLine` has a time limit.
    const piped = typed === '-' ? await terminal.readStdin() : ((await terminal.readLine()) ?? '');
    if (piped.trim() !== '') return new Secret(piped.trim());
    throw new TpksError('usage', `Missing one-time code: use ${flag} or pipe it in`, {
      hint: `get a code at ${page}`,
    });
  }
  const { note, prompt } = await question();
  if (note !== undefined) terminal.note(note);
  return new Secret(await terminal.ask({ prompt, hidden: true, insteadUse: `use ${flag}` }));
}

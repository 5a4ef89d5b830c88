import { TpksError } from '../../errors.js';
import { Secret } from '../../secret.js';
import type { Terminal } from '../../terminal/terminal.js';

/** Where a one-time code can come from. */
interface PasscodeInput {
  readonly typed: string | undefined;
  /** UAA's page that shows codes. */
  readonly page: string;
  /** The prompt, and a note to print before it. */
  readonly question: () => Promise<{ readonly note?: string; readonly prompt: string }>;
  /** The flag that `typed` came from. */
  readonly flag: string;
}

/**
 * Finds a one-time code: the flag's value, then stdin, then a prompt that says where to get one.
 * @throws {TpksError} `usage` if there is none and the user cannot be asked.
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
    throw new TpksError('usage', 'The one-time code is missing', {
      hint: `get one at ${page}, then use ${flag} CODE or pipe it in`,
    });
  }
  const { note, prompt } = await question();
  if (note !== undefined) terminal.note(note);
  return new Secret(await terminal.ask({ prompt, hidden: true, insteadUse: `use ${flag}` }));
}

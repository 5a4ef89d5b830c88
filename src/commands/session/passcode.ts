import { TpksError } from '../../errors.js';
import { Secret } from '../../secret.js';
import type { Terminal } from '../../terminal/terminal.js';

/** Where a one-time code may come from, in the order in which it is looked for. */
export interface PasscodeInput {
  readonly typed: string | undefined;
  /** UAA's page that shows codes. */
  readonly page: string;
  /** What is asked; told before where it needs more than one line. */
  readonly question: () => Promise<{ readonly note?: string; readonly prompt: string }>;
  /** The flag that `typed` came from. */
  readonly flag: string;
}

/**
 * A one-time code as it was typed, from a pipe, or from a person who is told where to get it.
 * @throws {TpksError} `usage` when it is nowhere and nobody can be asked.
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

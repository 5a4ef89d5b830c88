import { TpksError } from '../../errors.js';
import type { Question, Terminal } from '../../terminal/terminal.js';
import { checkName } from '../known-names.js';

/**
 * The name from the command line, or the user's answer if it is absent.
 * @throws {TpksError} `usage` for an empty name.
 */
export async function nameOrAsk(
  typed: string | undefined,
  question: Question,
  terminal: Terminal,
): Promise<string> {
  const name = typed ?? (await terminal.ask(question));
  return checkName(name, question.prompt.replace(/[\s:]+$/, ''), question.insteadUse);
}

/**
 * @param what - e.g. `Both passwords`.
 * @param isStdin - for each input, whether it is to be read from stdin.
 * @throws {TpksError} `usage` if several are, because stdin can be read only once.
 */
export function checkStdin(what: string, ...isStdin: readonly boolean[]): void {
  if (isStdin.filter(Boolean).length < 2) return;
  throw new TpksError('usage', `${what} are to come from stdin`, {
    hint: 'give one of them in a file or a variable',
  });
}

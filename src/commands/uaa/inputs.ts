import { TpksError } from '../../errors.js';
import type { Question, Terminal } from '../../terminal/terminal.js';
import { checkName } from '../known-names.js';

/**
 * Returns the name from the command line. If it is `undefined`, prompts the user for it.
 * @throws {TpksError} `usage` for an empty name.
 */
export async function nameOrAsk(
  argument: string | undefined,
  question: Question,
  terminal: Terminal,
): Promise<string> {
  const name = argument ?? (await terminal.ask(question));
  return checkName(name, question.prompt.replace(/[\s:]+$/, ''), question.insteadUse);
}

/**
 * Checks that at most one input comes from stdin, because stdin can be read only once.
 * @param inputs - the inputs as the subject of the error, e.g. `Both passwords`.
 * @param isStdin - for each input, whether it is read from stdin.
 * @throws {TpksError} `usage` if several are.
 */
export function checkStdin(inputs: string, ...isStdin: readonly boolean[]): void {
  if (isStdin.filter(Boolean).length < 2) return;
  throw new TpksError('usage', `${inputs} use stdin, which can be read only once`, {
    hint: 'use a file or an environment variable for one of them',
  });
}

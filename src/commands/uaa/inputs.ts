import { TpksError } from '../../errors.js';
import type { PromptOptions, Terminal } from '../../terminal/terminal.js';
import { validateName } from '../name-completion.js';

/**
 * Returns the name from the command line. If it is `undefined`, prompts the user for it.
 * @throws {TpksError} `usage` for an empty name.
 */
export async function readName(
  argument: string | undefined,
  question: PromptOptions,
  terminal: Terminal,
): Promise<string> {
  const name = argument ?? (await terminal.prompt(question));
  return validateName(name, question.message.replace(/[\s:]+$/, ''), question.hint);
}

/**
 * Checks that at most one input comes from stdin, because stdin can be read only once.
 * @param inputs - the inputs as the subject of the error, e.g. `Both passwords`.
 * @param isStdin - for each input, whether it is read from stdin.
 * @throws {TpksError} `usage` if several are.
 */
export function checkStdinReadOnce(inputs: string, ...isStdin: readonly boolean[]): void {
  if (isStdin.filter(Boolean).length < 2) return;
  throw new TpksError('usage', `${inputs} use stdin, which can be read only once`, {
    hint: 'use a file or an environment variable for one of them',
  });
}

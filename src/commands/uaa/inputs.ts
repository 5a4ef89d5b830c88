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

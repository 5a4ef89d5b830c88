import type { PromptOptions } from '../../platform/terminal/stdin.js';
import type { Terminal } from '../../platform/terminal/terminal.js';
import { validateName } from '../name-completion.js';

/** Names an object as on the command line, e.g. `user erin` or `the user with the id 1`. */
export function labelOf(
  noun: string,
  key: { readonly id: string } | { readonly name: string },
): string {
  return 'id' in key ? `the ${noun} with the id ${key.id}` : `${noun} ${key.name}`;
}

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

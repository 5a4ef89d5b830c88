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

import { TpksError } from '../../errors.js';
import type { Question, Terminal } from '../../terminal/terminal.js';

/**
 * A name as it was typed after the command; asked for when absent.
 * @throws {TpksError} `usage` for an empty one, which the UAA would take.
 */
export async function nameOrAsk(
  typed: string | undefined,
  question: Question,
  terminal: Terminal,
): Promise<string> {
  const name = typed ?? (await terminal.ask(question));
  if (name.trim() !== '') return name;
  const what = question.prompt.replace(/[\s:]+$/, '');
  throw new TpksError('usage', `${what} is empty`, { hint: question.insteadUse });
}

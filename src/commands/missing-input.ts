import type { Argument } from 'commander';
import { TpksError } from '../base/errors.js';
import { nounOf } from './completers.js';

/** The error for options that a command requires. @param flags - the long flags, e.g. `--plan`. */
export function missingOptionsError(flags: readonly string[], helpCommand: string): TpksError {
  return new TpksError('usage', `Missing ${joinWords(flags)}`, { hint: helpCommand });
}

/** The error for arguments that a command requires. @param usage - the command with its arguments. */
export function missingArgumentsError(
  missing: readonly Argument[],
  usage: string,
  helpCommand: string,
): TpksError {
  const message = `Missing ${joinWords(missing.map(nounOf))}`;
  return new TpksError('usage', message, { hint: `usage: ${usage}\n${helpCommand}` });
}

function joinWords(words: readonly string[]): string {
  return words.join(', ').replace(/, (?=[^,]*$)/, ' and ');
}

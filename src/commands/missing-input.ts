import type { Argument } from 'commander';
import { TpksError } from '../base/errors.js';

/** The error for options that a command requires. @param flags - long flags, with or without placeholders. */
export function missingOptionsError(flags: readonly string[], helpCommand?: string): TpksError {
  const nouns = flags.map((flag) =>
    flag.replace(/^--/, '').replace(/ .*$/, '').replaceAll('-', ' '),
  );
  const hint = `use ${joinWords(flags)}`;
  return new TpksError('usage', `Missing ${joinWords(nouns)}`, {
    hint: helpCommand === undefined ? hint : `${hint}\n${helpCommand}`,
  });
}

/** The error for arguments that a command requires. @param usage - the command with its arguments. */
export function missingArgumentsError(
  missing: readonly Argument[],
  usage: string,
  helpCommand: string,
): TpksError {
  const message = `Missing ${joinWords(missing.map(describeArgument))}`;
  return new TpksError('usage', message, { hint: `usage: ${usage}\n${helpCommand}` });
}

/** Describes an argument by its help, e.g. `cluster name` for `name of the cluster`, or by its name. */
function describeArgument(argument: Argument): string {
  const named = /^(?:unique |(new ))?(name|id) of (?:the |a )?([^,;]+)/.exec(argument.description);
  const [, adjective = '', key, noun] = named ?? [];
  return key === undefined || noun === undefined
    ? argument.name()
    : `${adjective}${noun.trim()} ${key}`;
}

function joinWords(words: readonly string[]): string {
  return words.join(', ').replace(/, (?=[^,]*$)/, ' and ');
}

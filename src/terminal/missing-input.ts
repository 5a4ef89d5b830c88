import { TpksError } from '../errors.js';
import type { PromptOptions } from './terminal.js';

/**
 * The error for a prompt that cannot be shown, e.g. `Missing password` for `Password: `.
 * @param stdinName - the input that stdin was read for; `undefined` if it was not read.
 */
export function missingInputError(
  { message, hint }: PromptOptions,
  stdinName: string | undefined,
): TpksError {
  const subject = message
    .replace(/[\s:?]+$/, '')
    .replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  const reason = stdinName === undefined ? '' : `: stdin was read for ${stdinName}`;
  return new TpksError('usage', `Missing ${subject}${reason}`, { hint });
}

import { TpksError } from '../errors.js';
import type { PromptOptions } from './terminal.js';

/**
 * The error for a prompt that cannot be shown, e.g. `Missing password` for `Password: `.
 * @param stdinUse - what stdin was used for, as the end of the message.
 */
export function missingInputError({ message, hint }: PromptOptions, stdinUse: string): TpksError {
  const subject = message
    .replace(/[\s:?]+$/, '')
    .replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  return new TpksError('usage', `Missing ${subject}${stdinUse}`, { hint });
}

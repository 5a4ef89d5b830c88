import { TpksError } from '../../../errors.js';
import { Secret } from '../../../secret.js';
import type { Terminal } from '../../../terminal/terminal.js';

/**
 * A token, or the id of one, as an argument: it works, and warns; `-` is stdin.
 * @throws {TpksError} `usage` for an empty one.
 */
export async function tokenArgument(
  typed: string,
  terminal: Pick<Terminal, 'readStdin' | 'warn'>,
): Promise<Secret> {
  const text = typed === '-' ? (await terminal.readStdin()).trim() : typed;
  if (text === '') {
    throw new TpksError('usage', 'The token is empty', { hint: 'give it, or - and pipe it in' });
  }
  if (typed !== '-') {
    terminal.warn('a token on the command line can be read by others on this machine; prefer -');
  }
  return new Secret(text);
}

import { TpksError } from '../../../errors.js';
import { Secret } from '../../../secret.js';
import type { Terminal } from '../../../terminal/terminal.js';

/**
 * Reads a token, or the id of a token, from an argument; `-` means stdin. Warns about a token on the
 * command line.
 * @throws {TpksError} `usage` for an empty token.
 */
export async function readTokenArgument(
  argument: string,
  terminal: Pick<Terminal, 'readStdin' | 'warn'>,
): Promise<Secret> {
  const text = argument === '-' ? (await terminal.readStdin('the token')).trim() : argument;
  if (text === '') {
    throw new TpksError('usage', 'The token is empty', {
      hint: 'pass a token as the argument, or - to read it from stdin',
    });
  }
  if (argument !== '-') {
    terminal.warn(
      'a token on the command line is visible to other users of this machine; use - to read it from stdin',
    );
  }
  return new Secret(text);
}

import { Option, type Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { TokenSelection } from '../../../uaa/tokens/token-records.js';
import { withUaaNames } from '../../name-completion.js';
import { createUsers } from '../../../uaa/users.js';

/** The owner of the tokens: a user, a client, or a user through a client. */
export interface OwnerFlags {
  readonly user?: string;
  readonly origin?: string;
  readonly client?: string;
}

export function addOwnerOptions(command: Command): Command {
  return command
    .addOption(withUaaNames(new Option('--user <name>', 'tokens of this user'), 'users'))
    .option('--origin <origin>', 'identity provider of the user, if the name is ambiguous')
    .addOption(
      withUaaNames(
        new Option(
          '--client <id>',
          'tokens of this UAA client; with --user, only tokens that the user obtained with it',
        ),
        'clients',
      ),
    );
}

/**
 * Finds the owner that the flags name.
 * @returns `undefined` if they name neither a user nor a client.
 * @throws {TpksError} `notFound` for an unknown user; `usage` for `--origin` without `--user`.
 */
export async function findOwner(
  { user, origin, client }: OwnerFlags,
  { uaaResource }: Pick<Services, 'uaaResource'>,
): Promise<TokenSelection | undefined> {
  if (user === undefined && origin !== undefined) {
    throw new TpksError('usage', '--origin requires --user', {
      hint: 'use --user NAME --origin ORIGIN',
    });
  }
  if (user === undefined && client === undefined) return undefined;
  const userId =
    user === undefined
      ? undefined
      : await (await uaaResource(createUsers)).findId({ name: user, origin });
  return { userId, clientId: client };
}

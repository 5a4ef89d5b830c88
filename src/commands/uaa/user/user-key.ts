import type { Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { UserKey } from '../../../uaa/users.js';
import { nameOrAsk } from '../name.js';

/** Which user a command is about, as typed. */
export interface UserFlags {
  readonly origin?: string;
  readonly id?: string;
}

/** What every command about one user takes. */
export function addUserKey(command: Command): Command {
  return command
    .argument('[name]', 'user name')
    .option('--origin <origin>', 'identity provider, where a name exists in several')
    .option('--id <id>', 'the user with this id');
}

/**
 * @param name - asked for when neither it nor an id is there.
 * @throws {TpksError} `usage` when a user is named in two ways.
 */
export async function userKey(
  name: string | undefined,
  { id, origin }: UserFlags,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<UserKey> {
  if (id === undefined) {
    const question = { prompt: 'User name: ', insteadUse: 'give the name, or --id' };
    return { name: await nameOrAsk(name, question, terminal), origin };
  }
  if (name === undefined && origin === undefined) return { id };
  throw new TpksError('usage', '--id names a user by itself', {
    hint: 'leave out the name and --origin, or leave out --id',
  });
}

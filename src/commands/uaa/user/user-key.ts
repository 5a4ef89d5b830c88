import type { Command } from 'commander';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { UserKey } from '../../../uaa/users.js';
import { nameOrAsk } from '../inputs.js';
import type { ObjectKey } from '../object-commands.js';

/** The options that identify a user. */
export interface UserFlags {
  readonly origin?: string;
  readonly id?: string;
}

/** Adds the argument and the options that identify a user. */
export function addUserKeyOptions(command: Command): Command {
  return command
    .argument('[name]', 'user name')
    .option('--origin <origin>', 'identity provider, if the name exists in several')
    .option('--id <id>', 'the user with this id');
}

/**
 * @param name - the user is asked for it if there is neither a name nor an id.
 * @throws {TpksError} `usage` if a user is identified twice.
 */
export async function readUserKey(
  name: string | undefined,
  { id, origin }: UserFlags,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<UserKey> {
  if (id === undefined) {
    const question = { prompt: 'User name: ', insteadUse: 'give the name, or --id' };
    return { name: await nameOrAsk(name, question, terminal), origin };
  }
  if (name === undefined && origin === undefined) return { id };
  throw new TpksError('usage', '--id already identifies the user', {
    hint: 'leave out the name and --origin, or --id',
  });
}

/** The user that a command shows or deletes. */
export const userKeySpec: ObjectKey<UserKey, UserFlags> = {
  add: addUserKeyOptions,
  read: readUserKey,
};

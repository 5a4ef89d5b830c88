import { Argument, type Command } from 'commander';
import { withUaaNames } from '../../name-completion.js';
import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { UserKey } from '../../../uaa/users.js';
import { readName } from '../inputs.js';
import type { ObjectKey } from '../object-commands.js';

/** The options that identify a user. */
export interface UserFlags {
  readonly origin?: string;
  readonly id?: string;
}

/** Adds the argument and the options that identify a user. */
export function addUserKeyOptions(command: Command): Command {
  return command
    .addArgument(withUaaNames(new Argument('[name]', 'username'), 'users'))
    .option('--origin <origin>', 'identity provider of the user, if the name is ambiguous')
    .option('--id <id>', 'select the user by id');
}

/**
 * Reads which user to act on.
 * @param name - prompted for if there is neither a name nor an id.
 * @throws {TpksError} `usage` if the user is identified both by name and by id.
 */
export async function readUserKey(
  name: string | undefined,
  { id, origin }: UserFlags,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<UserKey> {
  if (id === undefined) {
    const prompt = { message: 'User name: ', hint: 'pass the name or use --id' };
    return { name: await readName(name, prompt, terminal), origin };
  }
  if (name === undefined && origin === undefined) return { id };
  throw new TpksError('usage', '--id cannot be used with a name or --origin', {
    hint: 'use either --id, or the name and --origin',
  });
}

/** For commands that show or delete a user. */
export const userKeySpec: ObjectKey<UserKey, UserFlags> = {
  add: addUserKeyOptions,
  read: readUserKey,
};

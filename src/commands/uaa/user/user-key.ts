import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { UserKey } from '../../../uaa/users.js';

/** Which user a command is about, as typed. */
export interface UserFlags {
  readonly origin?: string;
  readonly id?: string;
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
    const insteadUse = 'give the name as the argument, or --id';
    return { name: name ?? (await terminal.ask({ prompt: 'User name: ', insteadUse })), origin };
  }
  if (name === undefined && origin === undefined) return { id };
  throw new TpksError('usage', '--id names a user by itself', {
    hint: 'leave out the name and --origin, or leave out --id',
  });
}

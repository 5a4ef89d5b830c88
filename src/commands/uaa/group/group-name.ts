import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { GroupKey } from '../../../uaa/groups.js';
import { nameOrAsk } from '../inputs.js';

/** The default origin of mappings, the same as in `uaac` and the UAA. */
export const defaultOrigin = 'ldap';

/** Returns the name from the command line. If it is `undefined`, prompts the user for it. */
export function readGroupName(
  argument: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<string> {
  const question = { prompt: 'Group name: ', insteadUse: 'pass the name as the argument' };
  return nameOrAsk(argument, question, terminal);
}

/**
 * Reads which group to act on.
 * @param name - prompted for if there is neither a name nor an id.
 * @throws {TpksError} `usage` if the group is identified both by name and by id.
 */
export async function readGroupKey(
  name: string | undefined,
  id: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<GroupKey> {
  if (id === undefined) {
    const question = { prompt: 'Group name: ', insteadUse: 'pass the name or use --id' };
    return { name: await nameOrAsk(name, question, terminal) };
  }
  if (name === undefined) return { id };
  throw new TpksError('usage', '--id cannot be used with a group name', {
    hint: 'use either the name or --id',
  });
}

import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { GroupKey } from '../../../uaa/groups.js';
import { readName } from '../inputs.js';

/** The default origin of mappings, the same as in `uaac` and the UAA. */
export const defaultOrigin = 'ldap';

/** Returns the name from the command line. If it is `undefined`, prompts the user for it. */
export function readGroupName(
  argument: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<string> {
  const prompt = { message: 'Group name: ', hint: 'pass the name as the argument' };
  return readName(argument, prompt, terminal);
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
    const prompt = { message: 'Group name: ', hint: 'pass the name or use --id' };
    return { name: await readName(name, prompt, terminal) };
  }
  if (name === undefined) return { id };
  throw new TpksError('usage', '--id cannot be used with a group name', {
    hint: 'use either the name or --id',
  });
}

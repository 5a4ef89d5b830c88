import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { GroupKey } from '../../../uaa/groups.js';
import { nameOrAsk } from '../inputs.js';

/** The origin of mappings if none is given, as in `uaac` and the UAA. */
export const defaultOrigin = 'ldap';

/** @param typed - asked for when absent. */
export function readGroupName(
  typed: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<string> {
  const question = { prompt: 'Group name: ', insteadUse: 'give the name as the argument' };
  return nameOrAsk(typed, question, terminal);
}

/**
 * @param name - the user is asked for it if there is neither a name nor an id.
 * @throws {TpksError} `usage` if a group is identified twice.
 */
export async function readGroupKey(
  name: string | undefined,
  id: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<GroupKey> {
  if (id === undefined) {
    const question = { prompt: 'Group name: ', insteadUse: 'give the name, or --id' };
    return { name: await nameOrAsk(name, question, terminal) };
  }
  if (name === undefined) return { id };
  throw new TpksError('usage', '--id already identifies the group', {
    hint: 'leave out the name or --id',
  });
}

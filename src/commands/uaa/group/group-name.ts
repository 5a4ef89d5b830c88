import { TpksError } from '../../../errors.js';
import type { Services } from '../../../services.js';
import type { GroupKey } from '../../../uaa/groups.js';
import { nameOrAsk } from '../name.js';

/** @param typed - asked for when absent. */
export function groupName(
  typed: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<string> {
  const question = { prompt: 'Group name: ', insteadUse: 'give the name as the argument' };
  return nameOrAsk(typed, question, terminal);
}

/**
 * @param name - asked for when neither it nor an id is there.
 * @throws {TpksError} `usage` when a group is named in two ways.
 */
export async function groupKey(
  name: string | undefined,
  id: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<GroupKey> {
  if (id === undefined) {
    const question = { prompt: 'Group name: ', insteadUse: 'give the name, or --id' };
    return { name: await nameOrAsk(name, question, terminal) };
  }
  if (name === undefined) return { id };
  throw new TpksError('usage', '--id names a group by itself', {
    hint: 'leave out the name, or leave out --id',
  });
}

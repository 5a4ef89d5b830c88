import type { Services } from '../../../services.js';
import { nameOrAsk } from '../name.js';

/** @param typed - asked for when absent. */
export function groupName(
  typed: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<string> {
  const question = { prompt: 'Group name: ', insteadUse: 'give the name as the argument' };
  return nameOrAsk(typed, question, terminal);
}

import type { Services } from '../../../services.js';
import { nameOrAsk } from '../inputs.js';

/** @param typed - asked for when absent. */
export function readClientId(
  typed: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<string> {
  const question = { prompt: 'Client ID: ', insteadUse: 'give the client as the argument' };
  return nameOrAsk(typed, question, terminal);
}

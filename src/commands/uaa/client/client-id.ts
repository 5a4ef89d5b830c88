import type { Services } from '../../../services.js';
import { nameOrAsk } from '../inputs.js';

/** Returns the id from the command line, or prompts for it. */
export function readClientId(
  argument: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<string> {
  const question = { prompt: 'Client ID: ', insteadUse: 'pass the client as the argument' };
  return nameOrAsk(argument, question, terminal);
}

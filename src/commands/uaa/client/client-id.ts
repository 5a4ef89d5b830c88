import type { Services } from '../../../services.js';
import { readName } from '../inputs.js';

/** Returns the id from the command line, or prompts for it. */
export function readClientId(
  argument: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<string> {
  const prompt = { message: 'Client ID: ', hint: 'pass the client as the argument' };
  return readName(argument, prompt, terminal);
}

import { Argument } from 'commander';
import type { Services } from '../../../services.js';
import { withUaaNames } from '../../name-completion.js';
import { readName } from '../inputs.js';

/** Creates the argument for the id of a client, which `readClientId` prompts for if it is missing. */
export function clientIdArgument(description = 'UAA client'): Argument {
  return withUaaNames(new Argument('[id]', description), 'clients');
}

/** Returns the id from the command line, or prompts for it. */
export function readClientId(
  argument: string | undefined,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<string> {
  const prompt = { message: 'Client ID: ', hint: 'pass the client as the argument' };
  return readName(argument, prompt, terminal);
}

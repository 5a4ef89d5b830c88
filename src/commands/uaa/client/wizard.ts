import { InvalidArgumentError } from 'commander';
import { plainText } from '../../../json-value.js';
import type { Services } from '../../../services.js';
import type { ClientAttributes } from '../../../uaa/clients.js';
import { attributes, type Attribute } from './attributes.js';

/** The answer that removes an attribute. */
const removal = '-';

/**
 * Asks for every attribute that was not given, showing its present value; Enter keeps it.
 * @param given - attributes from options, which are not asked for.
 * @param present - attributes of the client, or of the client to copy.
 * @returns the answers; `null` for an attribute to remove.
 * @throws {TpksError} `usage` without a terminal to ask on.
 */
export async function promptForAttributes(
  given: ClientAttributes,
  present: ClientAttributes,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<ClientAttributes> {
  if (terminal.canAsk()) terminal.note(`Enter keeps a value, ${removal} removes it.`);
  const answers: [string, unknown][] = [];
  for (const attribute of attributes) {
    if (Object.hasOwn(given, attribute.name)) continue;
    const value = await promptForAttribute(attribute, present[attribute.name], terminal);
    if (value !== undefined) answers.push([attribute.name, value]);
  }
  return Object.fromEntries(answers);
}

async function promptForAttribute(
  { name, isList, parse: read }: Attribute,
  present: unknown,
  terminal: Services['terminal'],
): Promise<unknown> {
  const kind = isList ? ' (list)' : '';
  const value = present === undefined || present === null ? '' : ` [${formatValue(present)}]`;
  for (;;) {
    const answer = await terminal.ask({
      prompt: `${name}${kind}${value}: `,
      insteadUse: `give the attributes as options, e.g. --${name}`,
    });
    if (answer.trim() === '') return undefined;
    if (answer.trim() === removal) return null;
    try {
      return read(answer);
    } catch (error) {
      if (!isInvalidArgument(error)) throw error;
      terminal.note(error.message);
    }
  }
}

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(plainText).join(' ');
  return plainText(value);
}

function isInvalidArgument(error: unknown): error is InvalidArgumentError {
  return error instanceof InvalidArgumentError;
}

import { InvalidArgumentError } from 'commander';
import type { ClientAttributes } from '../../../api/uaa/clients.js';
import type { Services } from '../../../app/services.js';
import { toPlainText } from '../../../base/json-value.js';
import { type Attribute, attributes } from './attributes.js';

const removal = '-';

/**
 * Prompts for the attributes, showing the current value of each; Enter keeps it.
 * @param preset - attributes from options, which need no prompt.
 * @param current - attributes of the client, or of the client to copy.
 * @returns the changed attributes; `null` for an attribute to remove.
 * @throws {TpksError} `usage` if the user cannot be prompted.
 */
export async function promptForAttributes(
  preset: ClientAttributes,
  current: ClientAttributes,
  { terminal }: Pick<Services, 'terminal'>,
): Promise<ClientAttributes> {
  if (terminal.canPrompt())
    terminal.note(`Press Enter to keep a value, or type ${removal} to remove it.`);
  const changes: Record<string, unknown> = {};
  for (const attribute of attributes) {
    if (Object.hasOwn(preset, attribute.name)) continue;
    const value = await promptForAttribute(attribute, current[attribute.name], terminal);
    if (value !== undefined) changes[attribute.name] = value;
  }
  return changes;
}

async function promptForAttribute(
  { name, isList, parse }: Attribute,
  current: unknown,
  terminal: Services['terminal'],
): Promise<unknown> {
  const kind = isList ? ' (list)' : '';
  const value = current === undefined || current === null ? '' : ` [${formatValue(current)}]`;
  for (;;) {
    const input = await terminal.prompt({
      message: `${name}${kind}${value}: `,
      hint: `pass the attributes as options, e.g. --${name}`,
    });
    if (input.trim() === '') return undefined;
    if (input.trim() === removal) return null;
    try {
      return parse(input);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      const expected = error.message.replace(/^E/, 'e').replace(/\.$/, '');
      terminal.note(`Invalid value for ${name}: ${input.trim()} (${expected})`);
    }
  }
}

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(toPlainText).join(' ');
  return toPlainText(value);
}

import { Option, type Command } from 'commander';
import { withCompleter } from '../../../completion/completer.js';
import { plainText } from '../../../json-value.js';
import { grantTypes } from '../../../uaa/client-attributes.js';
import type { ClientAttributes } from '../../../uaa/clients.js';
import { attributes, type Attribute } from './attributes.js';

/** The values of each attribute, one for each time that its option was given. */
export type AttributeFlags = Readonly<Record<string, unknown>>;

/** Adds an option for each attribute, spelled as in `uaac` or with dashes. */
export function addAttributeOptions(command: Command): Command {
  for (const attribute of attributes) {
    const { name, placeholder, help } = attribute;
    command.addOption(createOption(`--${name} ${placeholder}`, attribute, help));
    if (!name.includes('_')) continue;
    const dashed = `--${name.replaceAll('_', '-')} ${placeholder}`;
    command.addOption(createOption(dashed, attribute, help).hideHelp());
  }
  return command;
}

/** @returns the given attributes; `null` for those to remove. */
export function toAttributes(flags: AttributeFlags): ClientAttributes {
  const given = attributes.flatMap((attribute): [string, unknown][] => {
    const texts = textsOf(flags[attribute.name]);
    if (texts.length === 0) return [];
    const text = attribute.isList ? texts.join(',') : (texts.at(-1) ?? '');
    return [[attribute.name, attribute.parse(text)]];
  });
  return Object.fromEntries(given);
}

function createOption(
  flags: string,
  { name, isList, parse: read }: Attribute,
  help: string,
): Option {
  const made = new Option(flags, help).argParser((text: string, before: unknown) => {
    read(text);
    return isList ? [...textsOf(before), text] : [text];
  });
  // Both spellings add to one value.
  made.attributeName = () => name;
  return name === 'authorized_grant_types'
    ? withCompleter(made, () => Promise.resolve(grantTypes))
    : made;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(plainText) : [];
}

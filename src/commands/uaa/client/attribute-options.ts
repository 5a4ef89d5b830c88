import { Option, type Command } from 'commander';
import { withCompleter } from '../../../completion/completer.js';
import type { ClientAttributes } from '../../../uaa/clients.js';
import { attributes, grantTypes, type Attribute } from './attributes.js';
import { plainText } from '../../../json-value.js';

/** What was typed for each attribute, by its name, once for each time that it was given. */
export type AttributeFlags = Readonly<Record<string, unknown>>;

/** The options for all attributes, by the words of `uaac`; with dashes they mean the same. */
export function addAttributeOptions(command: Command): Command {
  for (const attribute of attributes) {
    const { name, placeholder, help } = attribute;
    command.addOption(option(`--${name} ${placeholder}`, attribute, help));
    if (!name.includes('_')) continue;
    const dashed = `--${name.replaceAll('_', '-')} ${placeholder}`;
    command.addOption(option(dashed, attribute, help).hideHelp());
  }
  return command;
}

/** @returns the attributes that were given; `null` stands for one that is to go. */
export function toAttributes(flags: AttributeFlags): ClientAttributes {
  const given = attributes.flatMap((attribute): [string, unknown][] => {
    const texts = textsOf(flags[attribute.name]);
    if (texts.length === 0) return [];
    const text = attribute.isList ? texts.join(',') : (texts.at(-1) ?? '');
    return [[attribute.name, attribute.read(text)]];
  });
  return Object.fromEntries(given);
}

function option(flags: string, { name, isList, read }: Attribute, help: string): Option {
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

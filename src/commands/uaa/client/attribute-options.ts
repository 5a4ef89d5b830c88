import { Option, type Command } from 'commander';
import { asCollector, withCompleter } from '../../../completion/completer.js';
import { toPlainText } from '../../../json-value.js';
import { grantTypes } from '../../../uaa/client-attributes.js';
import type { ClientAttributes } from '../../../uaa/clients.js';
import { attributes, type Attribute } from './attributes.js';

/** The values of each attribute; an option that is used several times has several values. */
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

/** Converts flags to attributes; `null` removes an attribute. */
export function toAttributes(flags: AttributeFlags): ClientAttributes {
  const entries = attributes.flatMap((attribute): [string, unknown][] => {
    const texts = textsOf(flags[attribute.name]);
    if (texts.length === 0) return [];
    const text = attribute.isList ? texts.join(',') : (texts.at(-1) ?? '');
    return [[attribute.name, attribute.parse(text)]];
  });
  return Object.fromEntries(entries);
}

function createOption(flags: string, { name, isList, parse }: Attribute, help: string): Option {
  const parseText = (text: string, previous: unknown) => {
    // Parsed here only to report errors; `toAttributes` parses the texts of all uses together.
    parse(text);
    return isList ? [...textsOf(previous), text] : [text];
  };
  const option = new Option(flags, help).argParser(isList ? asCollector(parseText) : parseText);
  // Both spellings set the same value.
  option.attributeName = () => name;
  return name === 'authorized_grant_types'
    ? withCompleter(option, () => Promise.resolve(grantTypes))
    : option;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(toPlainText) : [];
}

import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  attributeNames,
  clientAttributes,
  grantTypes,
  maximumLifetimeSeconds,
  type AttributeKind,
  type AttributeName,
} from '../../../api/uaa/client-attributes.js';
import type { ClientAttributes } from '../../../api/uaa/clients.js';
import { toPlainText } from '../../../base/json-value.js';
import { withCompleter } from '../../completers.js';
import { integerParser, parseWordList, asCollector } from '../../option-values.js';

export interface Attribute {
  readonly name: AttributeName;
  /** The placeholder of the value in the help, e.g. `<list>`. */
  readonly placeholder: string;
  readonly help: string;
  readonly isList: boolean;
  /**
   * Converts the text to the value that the UAA expects; `null` removes the attribute.
   * @throws {InvalidArgumentError} for an invalid text.
   */
  readonly parse: (text: string) => unknown;
}

const kinds: Readonly<Record<AttributeKind, Pick<Attribute, 'placeholder' | 'isList' | 'parse'>>> =
  {
    text: { placeholder: '<text>', isList: false, parse: (text) => text },
    list: { placeholder: '<list>', isList: true, parse: (text) => parseWordList(text) },
    seconds: {
      placeholder: '<seconds>',
      isList: false,
      parse: integerParser({ from: 0, to: maximumLifetimeSeconds }),
    },
    flag: { placeholder: '<true|false>', isList: false, parse: parseBoolean },
    approvals: { placeholder: '<true|false|list>', isList: true, parse: parseApprovals },
    origins: { placeholder: '<all|list>', isList: true, parse: parseOrigins },
  };

const help: Readonly<Record<AttributeName, string>> = {
  name: 'display name',
  scope: 'scopes that users can grant to the client, e.g. openid',
  authorized_grant_types: 'grant types of the client, e.g. client_credentials',
  authorities: "scopes of the client's own tokens",
  access_token_validity: 'lifetime of access tokens',
  refresh_token_validity: 'lifetime of refresh tokens',
  redirect_uri: 'allowed redirect URIs; repeatable',
  autoapprove: 'scopes that users do not need to approve',
  allowpublic: 'allow requests without the secret if they use PKCE',
  allowedproviders: 'origins whose users can use the client',
  signup_redirect_url: 'URI that new users are redirected to after they sign up',
  required_user_groups: 'groups that users of the client must belong to',
};

export const attributes: readonly Attribute[] = attributeNames.map((name) => ({
  ...kinds[clientAttributes[name]],
  name,
  help: help[name],
}));

function parseBoolean(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new InvalidArgumentError('Expected true or false.');
}

function parseApprovals(text: string): boolean | readonly string[] {
  const words = parseWordList(text);
  const [first = 'false', ...others] = words;
  return others.length === 0 && ['true', 'false'].includes(first) ? first === 'true' : words;
}

function parseOrigins(text: string): readonly string[] | null {
  return ['all', 'null', 'nil'].includes(text.trim()) ? null : parseWordList(text);
}

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
  const values: Record<string, unknown> = {};
  for (const { name, isList, parse } of attributes) {
    const texts = textsOf(flags[name]);
    const text = isList ? texts.join(',') : texts.at(-1);
    if (texts.length > 0) values[name] = parse(text ?? '');
  }
  return values;
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
  return name === 'authorized_grant_types' ? withCompleter(option, () => grantTypes) : option;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(toPlainText) : [];
}

import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type AttributeKind,
  type AttributeName,
  attributeNames,
  clientAttributes,
  grantTypes,
  maximumLifetimeSeconds,
} from '../../../api/uaa/client-attributes.js';
import type { Client, ClientAttributes } from '../../../api/uaa/clients.js';
import type { Services } from '../../../app/services.js';
import { isTpksError } from '../../../base/errors.js';
import { toPlainText } from '../../../base/json-value.js';
import { asCollector, withCompleter } from '../../completer.js';
import { integerParser } from '../../numbers.js';
import { parseWordList } from '../../word-list.js';

/** An attribute of a client as an option or a prompt. */
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
  authorities: "scopes of the client's own tokens, without a user",
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

/** The input that removes an attribute. */
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
  const changes: [string, unknown][] = [];
  for (const attribute of attributes) {
    if (Object.hasOwn(preset, attribute.name)) continue;
    const value = await promptForAttribute(attribute, current[attribute.name], terminal);
    if (value !== undefined) changes.push([attribute.name, value]);
  }
  return Object.fromEntries(changes);
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
      if (!isInvalidArgument(error)) throw error;
      const expected = error.message.replace(/^E/, 'e').replace(/\.$/, '');
      terminal.note(`Invalid value for ${name}: ${input.trim()} (${expected})`);
    }
  }
}

/**
 * Sends the attributes. If the UAA rejects them, shows why and prompts for them again, so that the user
 * does not have to type the valid ones again.
 * @param current - the attributes that the client already has.
 * @param submit - sends the attributes; `null` removes an attribute.
 * @throws {TpksError} errors of `submit` that changing the attributes cannot fix; `cancelled` on
 *   Ctrl-C.
 */
export async function submitWithCorrections<Result>(
  { current, values }: { readonly current: ClientAttributes; readonly values: ClientAttributes },
  submit: (values: ClientAttributes) => Promise<Result>,
  deps: Pick<Services, 'terminal'>,
): Promise<Result> {
  for (let corrected = values; ;) {
    try {
      return await submit(corrected);
    } catch (error) {
      if (!isTpksError(error) || error.status !== 400 || !deps.terminal.canPrompt()) throw error;
      deps.terminal.note(`The UAA rejected these values: ${error.message}`);
      const defaults = { ...current, ...corrected };
      corrected = { ...corrected, ...(await promptForAttributes({}, defaults, deps)) };
    }
  }
}

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(toPlainText).join(' ');
  return toPlainText(value);
}

function isInvalidArgument(error: unknown): error is InvalidArgumentError {
  return error instanceof InvalidArgumentError;
}

/**
 * Copies all attributes that have a value, except the id and attributes that the UAA generates. If the
 * name is the same as the old id, it is replaced with the new id.
 */
export function copyAttributes(
  client: Client,
  { newId }: { readonly newId: string },
): ClientAttributes {
  const { client_id: id, name = id, ...others } = client;
  const copied = Object.entries(others).filter(
    ([attribute, value]) => value !== null && !notCopied.includes(attribute),
  );
  return { ...Object.fromEntries(copied), name: name === id ? newId : name };
}

const notCopied = ['lastModified', 'resource_ids', 'token_salt'];

import { parseWordList } from '../commands/option-values.js';
import { programError, type UaacError } from './uaac-error.js';

interface OptionSpec {
  readonly letter?: string;
  /** How the option takes a value; `toggle` is `--[no-]NAME`. */
  readonly kind: 'flag' | 'toggle' | 'value' | 'optionalValue';
  /** The placeholder of the value, e.g. `<list>`. */
  readonly value?: string;
  readonly help?: string;
}

type Specs = Readonly<Record<string, OptionSpec>>;

export interface UaacOption extends OptionSpec {
  readonly name: OptionName;
}

const globalSpecs = {
  help: { letter: 'h', kind: 'toggle', help: 'show help' },
  version: { letter: 'v', kind: 'toggle', help: 'print the version' },
  debug: { kind: 'toggle', help: 'print each request on stderr, without secrets' },
  trace: { letter: 't', kind: 'toggle', help: 'same as --debug' },
  config: {
    kind: 'optionalValue',
    value: '[file]',
    help: 'store targets and tokens in the folder FILE.tpks',
  },
  zone: {
    letter: 'z',
    kind: 'value',
    value: '<subdomain>',
    help: 'subdomain of the identity zone',
  },
} satisfies Specs;

/** Options of `tpks` that every command accepts as well. They cannot be abbreviated. */
const extraSpecs = {
  color: { kind: 'toggle' },
  input: { kind: 'toggle' },
  'non-interactive': { kind: 'flag' },
  context: { kind: 'value', value: '<name>' },
  timeout: { kind: 'value', value: '<seconds>' },
} satisfies Specs;

export const commandOptions = {
  force: { letter: 'f', kind: 'toggle', help: 'save the target without contacting it' },
  'ca-cert': { kind: 'optionalValue', value: '[file]', help: 'PEM file of the CA to trust' },
  'skip-ssl-validation': { kind: 'flag', help: 'do not verify TLS certificates' },
  basic_auth: { kind: 'toggle', help: 'no effect: tpks tries both encodings of a secret' },
  client: { letter: 'c', kind: 'value', value: '<name>', help: 'UAA client' },
  scope: { kind: 'value', value: '<list>', help: 'scopes' },
  secret: { letter: 's', kind: 'value', value: '<secret>', help: 'client secret' },
  password: { letter: 'p', kind: 'value', value: '<password>', help: 'password of the user' },
  passcode: { kind: 'value', value: '<passcode>', help: 'one-time passcode' },
  port: { kind: 'value', value: '<number>', help: 'local port for the redirect from the browser' },
  cf: { kind: 'toggle', help: 'ignored: ~/.cf_token is not written' },
  key: { kind: 'value', value: '<key>', help: 'key to verify the token with' },
  all: { kind: 'toggle', help: 'delete all contexts; targets are kept' },
  origin: { kind: 'value', value: '<name>', help: 'identity provider' },
  given_name: { kind: 'value', value: '<name>' },
  family_name: { kind: 'value', value: '<name>' },
  emails: { kind: 'value', value: '<addresses>' },
  phones: { kind: 'value', value: '<phone_numbers>' },
  attributes: { letter: 'a', kind: 'value', value: '<names>', help: 'attributes to show' },
  start: { kind: 'value', value: '<number>', help: 'index of the first result, starting at 1' },
  count: { kind: 'value', value: '<number>', help: 'maximum number of results' },
  del_attrs: { kind: 'value', value: '<attr_names>', help: 'attributes to remove' },
  old_password: { letter: 'o', kind: 'value', value: '<password>', help: 'current password' },
  id: { kind: 'value', value: '<id>', help: 'id of the group' },
  name: { kind: 'value', value: '<string>', help: 'name' },
  authorized_grant_types: { kind: 'value', value: '<list>' },
  authorities: { kind: 'value', value: '<list>' },
  access_token_validity: { kind: 'value', value: '<seconds>' },
  refresh_token_validity: { kind: 'value', value: '<seconds>' },
  redirect_uri: { kind: 'value', value: '<list>' },
  autoapprove: { kind: 'value', value: '<list>' },
  allowpublic: { kind: 'value', value: '<list>' },
  allowedproviders: { kind: 'value', value: '<list>' },
  signup_redirect_url: { kind: 'value', value: '<url>' },
  required_user_groups: { kind: 'value', value: '<list>' },
  clone: { kind: 'value', value: '<other>', help: 'client to copy the attributes from' },
  interactive: { letter: 'i', kind: 'toggle', help: 'prompt for every attribute' },
  old_secret: { kind: 'value', value: '<secret>', help: 'current secret' },
  jwks_uri: { kind: 'value', value: '<url>', help: 'URL of the public keys of the client' },
  jwks: { kind: 'value', value: '<json>', help: 'public keys of the client' },
  issuer: { kind: 'value', value: '<issuer>', help: 'issuer to trust' },
  subject: { kind: 'value', value: '<subject>', help: 'subject to trust' },
  audience: { kind: 'value', value: '<audience>', help: 'audience to trust' },
  kid: { kind: 'value', value: '<id>', help: 'id of the key' },
  request: { letter: 'X', kind: 'value', value: '<method>', help: 'HTTP method (default: GET)' },
  data: { letter: 'd', kind: 'value', value: '<data>', help: 'request body' },
  header: { letter: 'H', kind: 'value', value: '<header>', help: 'request header; repeatable' },
  insecure: { letter: 'k', kind: 'flag', help: 'ignored: the TLS settings of the target apply' },
  cacert: {
    letter: 'C',
    kind: 'value',
    value: '<file>',
    help: 'ignored: the TLS settings of the target apply',
  },
  bodyonly: { letter: 'b', kind: 'flag', help: 'print only the body' },
} satisfies Specs;

export type CommandOptionName = keyof typeof commandOptions;
export type OptionName = CommandOptionName | keyof typeof globalSpecs | keyof typeof extraSpecs;

export const globalOptions = withNames(globalSpecs);
export const extraOptions = withNames(extraSpecs);

function withNames<Name extends OptionName>(
  specs: Readonly<Record<Name, OptionSpec>>,
): readonly UaacOption[] {
  return (Object.keys(specs) as Name[]).map((name) => ({ name, ...specs[name] }));
}

export const profileOptions = ['origin', 'given_name', 'family_name', 'emails', 'phones'] as const;

const allOptions = [...withNames(commandOptions), ...globalOptions];

type Value = string | boolean | undefined;

export class UaacOptions {
  /** By name; toggles and flags have booleans. */
  readonly values = new Map<OptionName, Value[]>();

  add({ name }: UaacOption, value: Value): void {
    this.values.set(name, [...(this.values.get(name) ?? []), value]);
  }

  has(name: OptionName): boolean {
    return this.values.has(name);
  }

  /** All values of a repeatable option. */
  texts(name: OptionName): readonly string[] {
    return (this.values.get(name) ?? []).filter((value) => typeof value === 'string');
  }

  /** The value of an option; the last one if it was repeated. */
  text(name: OptionName): string | undefined {
    return this.texts(name).at(-1);
  }

  /** The words of a list, separated by commas or spaces; `undefined` if the option was not given. */
  list(name: OptionName): readonly string[] | undefined {
    return this.has(name) ? parseWordList(this.texts(name).join(',')) : undefined;
  }

  /** `undefined` if neither the flag nor its negation was given. */
  flag(name: OptionName): boolean | undefined {
    const value = this.values.get(name)?.at(-1);
    return typeof value === 'boolean' ? value : undefined;
  }
}

/**
 * Splits a command line into words and options by the rules of Ruby's OptionParser, which `uaac` uses:
 * options can be anywhere, and a long option may be abbreviated to any unique prefix.
 * @throws {UaacError} with the wording of OptionParser.
 */
export function parseOptions(argv: readonly string[]): {
  readonly words: readonly string[];
  readonly options: UaacOptions;
} {
  const rest = [...argv];
  const words: string[] = [];
  const options = new UaacOptions();
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') words.push(...rest.splice(0));
    else if (word.startsWith('--')) parseLong(word, rest, options);
    else if (/^-./s.test(word)) parseShort(word, rest, options);
    else words.push(word);
  }
  return { words, options };
}

function parseLong(word: string, rest: string[], options: UaacOptions): void {
  const [, typed = '', , value] = /^--([^=]*)(=(.*))?$/s.exec(word) ?? [];
  const { option, isOn } = completeOption(typed, word);
  if (!isFlag(option)) options.add(option, value ?? takeValue(option, word, rest));
  else if (value === undefined) options.add(option, isOn);
  else throw parserError('NeedlessArgument', `needless argument: ${word}`);
}

/** Parses `-s VALUE`, `-sVALUE` and several letters without values, such as `-bk`. */
function parseShort(word: string, rest: string[], options: UaacOptions): void {
  const typed = word.slice(0, 2);
  const letter = word.charAt(1);
  const attached = word.slice(2);
  const option =
    allOptions.find((each) => each.letter === letter) ?? completeOption(letter, typed).option;
  if (!isFlag(option)) {
    const value = attached === '' ? takeValue(option, typed, rest) : attached.replace(/^=/, '');
    options.add(option, value);
    return;
  }
  options.add(option, true);
  if (attached !== '') parseShort(`-${attached}`, rest, options);
}

function isFlag({ kind }: UaacOption): boolean {
  return kind === 'flag' || kind === 'toggle';
}

/** Takes the next word as the value of an option. */
function takeValue({ kind }: UaacOption, typed: string, rest: string[]): string | undefined {
  const [next] = rest;
  if (kind === 'optionalValue' && next !== undefined && /^-./s.test(next)) return undefined;
  if (kind === 'value' && next === undefined) {
    throw parserError('MissingArgument', `missing argument: ${typed}`);
  }
  return rest.shift();
}

interface Spelling {
  readonly text: string;
  readonly option: UaacOption;
  readonly isOn: boolean;
}

function listSpellings(options: readonly UaacOption[]): readonly Spelling[] {
  return options.flatMap((option) => [
    { text: option.name, option, isOn: true },
    ...(option.kind === 'toggle' ? [{ text: `no-${option.name}`, option, isOn: false }] : []),
  ]);
}

const spellings = listSpellings(allOptions);
const extraSpellings = listSpellings(extraOptions);

/**
 * Finds the option for an exact name, or for a prefix that only one option has.
 * @param word - the argument, for errors.
 */
function completeOption(name: string, word: string): Spelling {
  const exact = [...spellings, ...extraSpellings].find(({ text }) => text === name);
  if (exact !== undefined) return exact;
  const prefix = name.toLowerCase();
  const [first, ...others] = spellings.filter(({ text }) => text.startsWith(prefix));
  if (name === '' || first === undefined) {
    throw parserError('InvalidOption', `invalid option: ${word}`);
  }
  if (others.some(({ option }) => option !== first.option)) {
    throw parserError('AmbiguousOption', `ambiguous option: ${word}`);
  }
  return first;
}

/** @param type - the class of the error in Ruby's OptionParser. */
export function parserError(type: string, message: string): UaacError {
  return programError(`OptionParser::${type}`, message);
}

import { parseWordList } from '../commands/word-list.js';

/** How an option takes a value; `toggle` is `--[no-]NAME`. */
export type OptionKind = 'flag' | 'toggle' | 'value' | 'optionalValue';

/** An option of `uaac`. */
export interface UaacOption {
  /** The name after `--`. */
  readonly name: string;
  readonly letter?: string | undefined;
  readonly kind: OptionKind;
  /** The placeholder of the value, e.g. `<list>`. */
  readonly value?: string | undefined;
  readonly help?: string | undefined;
}

function option(
  names: string,
  kind: OptionKind,
  texts: Pick<UaacOption, 'value' | 'help'> = {},
): UaacOption {
  const [name = '', letter] = names.split(' ');
  return { name, letter, kind, ...texts };
}

function valueOption(names: string, value: string, help?: string): UaacOption {
  return option(names, 'value', { value, help });
}

/** The options that every command accepts. */
export const globalOptions: readonly UaacOption[] = [
  option('help h', 'toggle', { help: 'show help' }),
  option('version v', 'toggle', { help: 'print the version' }),
  option('debug', 'toggle', { help: 'print each request on stderr, without secrets' }),
  option('trace t', 'toggle', { help: 'same as --debug' }),
  option('config', 'optionalValue', {
    value: '[file]',
    help: 'store targets and tokens in the folder FILE.tpks',
  }),
  valueOption('zone z', '<subdomain>', 'subdomain of the identity zone'),
];

/** Options of `tpks` that every command accepts as well. They cannot be abbreviated. */
export const extraOptions: readonly UaacOption[] = [
  option('color', 'toggle'),
  option('input', 'toggle'),
  option('non-interactive', 'flag'),
  valueOption('context', '<name>'),
  valueOption('timeout', '<seconds>'),
];

const options: readonly UaacOption[] = [
  option('force f', 'toggle', { help: 'save the target without contacting it' }),
  option('ca-cert', 'optionalValue', { value: '[file]', help: 'PEM file of the CA to trust' }),
  option('skip-ssl-validation', 'flag', { help: 'do not verify TLS certificates' }),
  option('basic_auth', 'toggle', { help: 'no effect: tpks tries both encodings of a secret' }),
  valueOption('client c', '<name>', 'UAA client'),
  valueOption('scope', '<list>', 'scopes'),
  valueOption('secret s', '<secret>', 'client secret'),
  valueOption('password p', '<password>', 'password of the user'),
  valueOption('passcode', '<passcode>', 'one-time passcode'),
  valueOption('port', '<number>', 'local port for the redirect from the browser'),
  option('cf', 'toggle', { help: 'ignored: ~/.cf_token is not written' }),
  valueOption('key', '<key>', 'key to verify the token with'),
  option('all', 'toggle', { help: 'delete all contexts; targets are kept' }),
  valueOption('origin', '<name>', 'identity provider'),
  valueOption('given_name', '<name>'),
  valueOption('family_name', '<name>'),
  valueOption('emails', '<addresses>'),
  valueOption('phones', '<phone_numbers>'),
  valueOption('attributes a', '<names>', 'attributes to show'),
  valueOption('start', '<number>', 'index of the first result, starting at 1'),
  valueOption('count', '<number>', 'maximum number of results'),
  valueOption('del_attrs', '<attr_names>', 'attributes to remove'),
  valueOption('old_password o', '<password>', 'current password'),
  valueOption('id', '<id>', 'id of the group'),
  valueOption('name', '<string>', 'name'),
  valueOption('authorized_grant_types', '<list>'),
  valueOption('authorities', '<list>'),
  valueOption('access_token_validity', '<seconds>'),
  valueOption('refresh_token_validity', '<seconds>'),
  valueOption('redirect_uri', '<list>'),
  valueOption('autoapprove', '<list>'),
  valueOption('allowpublic', '<list>'),
  valueOption('allowedproviders', '<list>'),
  valueOption('signup_redirect_url', '<url>'),
  valueOption('required_user_groups', '<list>'),
  valueOption('clone', '<other>', 'client to copy the attributes from'),
  option('interactive i', 'toggle', { help: 'prompt for every attribute' }),
  valueOption('old_secret', '<secret>', 'current secret'),
  valueOption('jwks_uri', '<url>', 'URL of the public keys of the client'),
  valueOption('jwks', '<json>', 'public keys of the client'),
  valueOption('issuer', '<issuer>', 'issuer to trust'),
  valueOption('subject', '<subject>', 'subject to trust'),
  valueOption('audience', '<audience>', 'audience to trust'),
  valueOption('kid', '<id>', 'id of the key'),
  valueOption('request X', '<method>', 'HTTP method (default: GET)'),
  valueOption('data d', '<data>', 'request body'),
  valueOption('header H', '<header>', 'request header; repeatable'),
  option('insecure k', 'flag', { help: 'ignored: the TLS settings of the target apply' }),
  valueOption('cacert C', '<file>', 'ignored: the TLS settings of the target apply'),
  option('bodyonly b', 'flag', { help: 'print only the body' }),
];

/** @throws {Error} for an unknown name, which is a bug. */
export function findOption(name: string): UaacOption {
  const found = options.find((each) => each.name === name);
  if (found === undefined) throw new Error(`uaac has no option --${name}`);
  return found;
}

/** All options of `uaac`. */
export const allOptions: readonly UaacOption[] = [...options, ...globalOptions];

type Value = string | boolean | undefined;

/** The options on a command line. */
export class UaacOptions {
  /** By name; toggles and flags have booleans. */
  readonly values = new Map<string, Value[]>();

  add({ name }: UaacOption, value: Value): void {
    this.values.set(name, [...(this.values.get(name) ?? []), value]);
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** All values of a repeatable option. */
  texts(name: string): readonly string[] {
    return (this.values.get(name) ?? []).filter((value) => typeof value === 'string');
  }

  /** The value of an option; the last one if it was repeated. */
  text(name: string): string | undefined {
    return this.texts(name).at(-1);
  }

  /** The words of a list, separated by commas or spaces; `undefined` if the option was not given. */
  list(name: string): readonly string[] | undefined {
    return this.has(name) ? parseWordList(this.texts(name).join(',')) : undefined;
  }

  /** `undefined` if neither the flag nor its negation was given. */
  flag(name: string): boolean | undefined {
    const value = this.values.get(name)?.at(-1);
    return typeof value === 'boolean' ? value : undefined;
  }
}

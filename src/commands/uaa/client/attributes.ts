import { InvalidArgumentError } from 'commander';
import { wordList } from '../../word-list.js';

/** One of the attributes of a client that people set, spelled as the UAA spells it. */
export interface Attribute {
  readonly name: string;
  /** What stands for its value in help, e.g. `<list>`. */
  readonly placeholder: string;
  readonly help: string;
  readonly isList: boolean;
  /**
   * @returns the value as the UAA takes it; `null` where the attribute is to go.
   * @throws {InvalidArgumentError}
   */
  readonly read: (text: string) => unknown;
}

const kinds = {
  text: { placeholder: '<text>', isList: false, read: (text: string): unknown => text },
  list: { placeholder: '<list>', isList: true, read: (text: string): unknown => wordList(text) },
  seconds: { placeholder: '<seconds>', isList: false, read: seconds },
  trueOrFalse: { placeholder: '<true|false>', isList: false, read: trueOrFalse },
  approvals: { placeholder: '<true|false|list>', isList: true, read: approvals },
  providers: { placeholder: '<all|list>', isList: true, read: providers },
} as const;

const attribute = (kind: keyof typeof kinds, name: string, help: string): Attribute => ({
  ...kinds[kind],
  name,
  help,
});

/** In the order in which `uaac` asks for them. */
export const attributes: readonly Attribute[] = [
  attribute('text', 'name', 'what people call it'),
  attribute('list', 'scope', 'scopes its users may get, e.g. openid,pks.clusters.manage'),
  attribute('list', 'authorized_grant_types', 'how it may get tokens, e.g. client_credentials'),
  attribute('list', 'authorities', 'scopes of its own, without a user'),
  attribute('seconds', 'access_token_validity', 'lifetime of its access tokens'),
  attribute('seconds', 'refresh_token_validity', 'lifetime of its refresh tokens'),
  attribute('list', 'redirect_uri', 'where browsers may be sent; give it again for more'),
  attribute('approvals', 'autoapprove', 'scopes that no user is asked about'),
  attribute('trueOrFalse', 'allowpublic', 'whether it may go without a secret, with PKCE'),
  attribute('providers', 'allowedproviders', 'origins whose users may use it'),
  attribute('text', 'signup_redirect_url', 'where people land who signed up'),
  attribute('list', 'required_user_groups', 'groups without which nobody may use it'),
];

/** Grant types of every UAA, for completion. */
export const grantTypes = [
  'client_credentials',
  'password',
  'refresh_token',
  'authorization_code',
  'implicit',
  'user_token',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
];

/** The UAA keeps it in 32 bits. */
const longest = 2 ** 31 - 1;

function seconds(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= longest) return number;
  throw new InvalidArgumentError('It must be a whole number of seconds.');
}

function trueOrFalse(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new InvalidArgumentError('It must be true or false.');
}

function approvals(text: string): boolean | readonly string[] {
  const words = wordList(text);
  const [first = 'false', ...others] = words;
  return others.length === 0 && ['true', 'false'].includes(first) ? first === 'true' : words;
}

function providers(text: string): readonly string[] | null {
  return ['all', 'null', 'nil'].includes(text.trim()) ? null : wordList(text);
}

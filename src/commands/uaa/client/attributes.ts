import { InvalidArgumentError } from 'commander';
import {
  attributeNames,
  clientAttributes,
  maximumSeconds,
  type AttributeKind,
  type AttributeName,
} from '../../../uaa/client-attributes.js';
import { wholeNumber } from '../../numbers.js';
import { wordList } from '../../word-list.js';

/** An attribute of a client as an option or a prompt. */
export interface Attribute {
  readonly name: AttributeName;
  /** The placeholder for its value in help, e.g. `<list>`. */
  readonly placeholder: string;
  readonly help: string;
  readonly isList: boolean;
  /**
   * @returns the value for the UAA; `null` to remove the attribute.
   * @throws {InvalidArgumentError}
   */
  readonly parse: (text: string) => unknown;
}

const kinds: Readonly<Record<AttributeKind, Pick<Attribute, 'placeholder' | 'isList' | 'parse'>>> = {
  text: { placeholder: '<text>', isList: false, parse: (text) => text },
  list: { placeholder: '<list>', isList: true, parse: (text) => wordList(text) },
  seconds: {
    placeholder: '<seconds>',
    isList: false,
    parse: wholeNumber({ from: 0, to: maximumSeconds }),
  },
  flag: { placeholder: '<true|false>', isList: false, parse: parseBoolean },
  approvals: { placeholder: '<true|false|list>', isList: true, parse: parseApprovals },
  origins: { placeholder: '<all|list>', isList: true, parse: parseOrigins },
};

const help: Readonly<Record<AttributeName, string>> = {
  name: 'display name',
  scope: 'scopes that users can grant to it, e.g. openid,pks.clusters.manage',
  authorized_grant_types: 'grants that it may use, e.g. client_credentials',
  authorities: 'scopes of its own tokens, without a user',
  access_token_validity: 'lifetime of its access tokens',
  refresh_token_validity: 'lifetime of its refresh tokens',
  redirect_uri: 'URIs to which browsers may be redirected; can be repeated',
  autoapprove: 'scopes that need no approval by the user',
  allowpublic: 'whether it may omit its secret if it uses PKCE',
  allowedproviders: 'origins whose users may use it',
  signup_redirect_url: 'URI to which new users are redirected after they sign up',
  required_user_groups: 'groups that a user must be in to use it',
};

export const attributes: readonly Attribute[] = attributeNames.map((name) => ({
  ...kinds[clientAttributes[name]],
  name,
  help: help[name],
}));

function parseBoolean(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new InvalidArgumentError('It must be true or false.');
}

function parseApprovals(text: string): boolean | readonly string[] {
  const words = wordList(text);
  const [first = 'false', ...others] = words;
  return others.length === 0 && ['true', 'false'].includes(first) ? first === 'true' : words;
}

function parseOrigins(text: string): readonly string[] | null {
  return ['all', 'null', 'nil'].includes(text.trim()) ? null : wordList(text);
}

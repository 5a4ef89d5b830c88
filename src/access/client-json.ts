import type { Resource } from '../uaa/scim.js';
import type { Attributes, AttributeValue } from './model.js';

const lists = [
  'scope',
  'authorized_grant_types',
  'authorities',
  'redirect_uri',
  'allowedproviders',
  'required_user_groups',
];
const numbers = ['access_token_validity', 'refresh_token_validity'];
const texts = ['name', 'signup_redirect_url'];

/**
 * The attributes of a client that a file can hold, from what the UAA tells of it. Lists that are
 * empty are left out: the UAA shows some of them and others not.
 */
export function toAttributes(client: Resource): Attributes {
  const found: [string, AttributeValue | undefined][] = [
    ...lists.map((name): [string, AttributeValue | undefined] => [name, toList(client[name])]),
    ...numbers.map((name): [string, AttributeValue | undefined] => [name, toNumber(client[name])]),
    ...texts.map((name): [string, AttributeValue | undefined] => [name, toText(client[name])]),
    ['autoapprove', toApproval(client['autoapprove'])],
    ['allowpublic', toFlag(client['allowpublic'])],
  ];
  return Object.fromEntries(
    found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function toList(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const entries = value.flatMap((entry: unknown) => toText(entry) ?? []);
  return entries.length === 0 ? undefined : entries.sort();
}

/** The UAA answers with a list whatever was sent: `["true"]` for all scopes. */
function toApproval(value: unknown): AttributeValue | undefined {
  const list = toList(value);
  return value === true || list?.includes('true') === true ? true : list;
}

/** Other programs have sent numbers and flags as texts, which the UAA keeps as they came. */
function toNumber(value: unknown): number | undefined {
  return Number.isInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
}

function toFlag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

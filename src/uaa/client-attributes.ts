import { toPlainText, type JsonObject } from '../json-value.js';
import { getOwnValue } from '../own-value.js';

/** `approvals`: `true` for all scopes, or a list of scopes. `origins`: a list; absent for all. */
export type AttributeKind = 'text' | 'list' | 'seconds' | 'flag' | 'approvals' | 'origins';

/** The attributes of a client that users set, in the order in which `uaac` asks for them. */
export const clientAttributes = {
  name: 'text',
  scope: 'list',
  authorized_grant_types: 'list',
  authorities: 'list',
  access_token_validity: 'seconds',
  refresh_token_validity: 'seconds',
  redirect_uri: 'list',
  autoapprove: 'approvals',
  allowpublic: 'flag',
  allowedproviders: 'origins',
  signup_redirect_url: 'text',
  required_user_groups: 'list',
} as const satisfies Readonly<Record<string, AttributeKind>>;

export type AttributeName = keyof typeof clientAttributes;

export const attributeNames = Object.keys(clientAttributes) as readonly AttributeName[];

/** Grant types of every UAA. */
export const grantTypes: readonly string[] = [
  'client_credentials',
  'password',
  'refresh_token',
  'authorization_code',
  'implicit',
  'user_token',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
];

/** The UAA stores lifetimes in 32 bits. */
export const maximumSeconds = 2 ** 31 - 1;

export type AttributeValue = string | number | boolean | readonly string[];

/** Attributes of a client, spelled as the UAA spells them. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/**
 * The attributes of a client in a response. Empty lists are left out, because the UAA returns only
 * some of them.
 */
export function readAttributes(client: JsonObject): Attributes {
  return Object.fromEntries(
    attributeNames.flatMap((name) => {
      const value = readers[clientAttributes[name]](getOwnValue(client, name));
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const readers: Readonly<Record<AttributeKind, (value: unknown) => AttributeValue | undefined>> = {
  text: readText,
  list: readList,
  origins: readList,
  // The UAA returns a list in any case: `["true"]` for all scopes.
  approvals: (value) => {
    const list = readList(value);
    return value === true || list?.includes('true') === true ? true : list;
  },
  // Other programs have sent numbers and flags as strings, which the UAA returns unchanged.
  seconds: (value) => (Number.isInteger(value) && Number(value) >= 0 ? Number(value) : undefined),
  flag: (value) => (typeof value === 'boolean' ? value : undefined),
};

function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function readList(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const entries = value.flatMap((entry: unknown) => readText(entry) ?? []);
  return entries.length === 0 ? undefined : entries.sort();
}

/** The UAA stores this entry instead of an empty list of scopes. */
const none = 'uaa.none';

/** The list that the UAA stores for a value; `true` if `autoapprove` covers all scopes. */
export function toEntries(name: string, value: AttributeValue = []): true | readonly string[] {
  const entries = listOf(value);
  if (name === 'autoapprove') return value === true || entries.includes('true') ? true : entries;
  if (name !== 'authorized_grant_types') return entries.filter((entry) => entry !== none);
  // The UAA adds refresh_token to these grants.
  const isRefreshed = entries.includes('password') || entries.includes('authorization_code');
  return isRefreshed ? [...new Set([...entries, 'refresh_token'])] : entries;
}

/** The value to send for a list, so that the UAA also accepts an empty one. */
export function fromEntries(name: string, entries: true | readonly string[]): AttributeValue {
  if (entries === true || entries.length > 0) return entries === true || [...entries].sort();
  if (name === 'autoapprove') return false;
  return name === 'redirect_uri' ? [] : [none];
}

/** The UAA stores only approvals for scopes that the client has; an entry may be a pattern. */
export function storedApprovals(
  approved: readonly string[],
  scopes: readonly string[],
): readonly string[] {
  return scopes.filter((scope) =>
    approved.some((entry) => entry === scope || matches(entry, scope)),
  );
}

function matches(pattern: string, scope: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(scope);
  } catch {
    return false;
  }
}

/** Compares values of one attribute; the order of lists does not matter. */
export function isSameValue(one: AttributeValue, other: AttributeValue | undefined): boolean {
  if (!Array.isArray(one) && !Array.isArray(other)) return one === other;
  if (typeof one === 'boolean' || typeof other === 'boolean') return false;
  return isSameList(listOf(one), listOf(other ?? []));
}

export function listOf(value: AttributeValue): readonly string[] {
  if (typeof value === 'object') return value;
  return typeof value === 'string' ? [value] : [];
}

/** Whether an update with this value would change nothing. @param wanted - `null` to remove it */
export function hasValue(client: JsonObject, name: string, wanted: unknown): boolean {
  const present = getOwnValue(client, name) ?? null;
  if (name === 'autoapprove' && typeof wanted === 'boolean') {
    return isSameList(present, wanted ? ['true'] : []);
  }
  if (isEmpty(wanted) && isSameList(present, [none])) return true;
  return Array.isArray(wanted) ? isSameList(present, wanted) : present === wanted;
}

/**
 * Whether an update removes an attribute. The UAA ignores empty lists for some attributes, so those
 * are removed too.
 */
export function isRemoval(name: string, wanted: unknown): boolean {
  return wanted === null || (isEmpty(wanted) && ignoredWhenEmpty.includes(name));
}

const ignoredWhenEmpty = ['scope', 'authorities', 'redirect_uri'];

/** The entries of a list that were sent and that the UAA did not store. */
export function lostEntries(client: JsonObject, name: string, sent: unknown): readonly string[] {
  if (!Array.isArray(sent)) return [];
  const stored = getOwnValue(client, name);
  const entries = Array.isArray(stored) ? stored.map(toPlainText) : [];
  // Patterns are replaced with the scopes that they match.
  return sent.map(toPlainText).filter((entry) => !entries.includes(entry) && !entry.includes('*'));
}

function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function isSameList(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return false;
  const [these, those] = [new Set(one.map(toPlainText)), new Set(other.map(toPlainText))];
  return these.size === those.size && [...these].every((entry) => those.has(entry));
}

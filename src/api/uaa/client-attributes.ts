import { toPlainText, type JsonObject, getOwnValue } from '../../base/json-value.js';

/** `approvals` is `true` for all scopes, or a list. `origins` is a list, and absent if all origins are allowed. */
export type AttributeKind = 'text' | 'list' | 'seconds' | 'flag' | 'approvals' | 'origins';

/** The attributes of a client that users can set, in the order in which `uaac` prompts for them. */
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

/** The grant types that every UAA supports. */
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

/** The longest token lifetime, because the UAA stores lifetimes as 32-bit integers. */
export const maximumLifetimeSeconds = 2 ** 31 - 1;

export type AttributeValue = string | number | boolean | readonly string[];

/** Attributes of a client, by the UAA's names. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Reads the attributes of a client. Omits empty lists, because the UAA returns only some of them. */
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
  // The UAA always returns a list; `["true"]` means all scopes.
  approvals: (value) => {
    const list = readList(value);
    return value === true || list?.includes('true') === true ? true : list;
  },
  // Ignores strings: some programs send numbers and flags as strings, which the UAA returns unchanged.
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

/** The entry that the UAA stores in place of an empty list. */
const emptyListEntry = 'uaa.none';

/** Returns the list that the UAA stores for a value; `true` if `autoapprove` applies to all scopes. */
export function toStoredList(name: string, value: AttributeValue = []): true | readonly string[] {
  const entries = toList(value);
  if (name === 'autoapprove') return value === true || entries.includes('true') ? true : entries;
  if (name !== 'authorized_grant_types') return entries.filter((entry) => entry !== emptyListEntry);
  // The UAA adds refresh_token to these grant types.
  const hasRefreshToken = entries.includes('password') || entries.includes('authorization_code');
  return hasRefreshToken ? [...new Set([...entries, 'refresh_token'])] : entries;
}

/** Returns the value to send for a list, in a form that the UAA accepts even if the list is empty. */
export function toRequestValue(name: string, entries: true | readonly string[]): AttributeValue {
  if (entries === true) return true;
  if (entries.length > 0) return [...entries].sort();
  if (name === 'autoapprove') return false;
  return name === 'redirect_uri' ? [] : [emptyListEntry];
}

/** The scopes that the UAA stores: those that match an entry, which is a scope or a regular expression. */
export function expandApprovals(
  approved: readonly string[],
  scopes: readonly string[],
): readonly string[] {
  return scopes.filter((scope) =>
    approved.some((entry) => entry === scope || matchesPattern(entry, scope)),
  );
}

function matchesPattern(pattern: string, scope: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(scope);
  } catch {
    return false;
  }
}

/** Whether two values of an attribute are equal. The order of lists does not matter. */
export function isSameValue(one: AttributeValue, other: AttributeValue | undefined): boolean {
  return one === other || isSameList(one, other ?? []);
}

/** Converts a value to a list, which is empty for a number or a flag. */
export function toList(value: AttributeValue): readonly string[] {
  if (typeof value === 'object') return value;
  return typeof value === 'string' ? [value] : [];
}

/** Whether a client already has a value. @param wanted - `null` to remove the attribute. */
export function hasValue(client: JsonObject, name: string, wanted: unknown): boolean {
  const present = getOwnValue(client, name) ?? null;
  if (name === 'autoapprove' && typeof wanted === 'boolean') {
    return isSameList(present, wanted ? ['true'] : []);
  }
  if (isEmpty(wanted) && isSameList(present, [emptyListEntry])) return true;
  return Array.isArray(wanted) ? isSameList(present, wanted) : present === wanted;
}

/** Whether an update removes an attribute, as it must if the UAA ignores an empty list. */
export function isRemoval(name: string, wanted: unknown): boolean {
  return wanted === null || (isEmpty(wanted) && ignoredWhenEmpty.includes(name));
}

const ignoredWhenEmpty = ['scope', 'authorities', 'redirect_uri'];

/** Finds the entries of a list that were sent but that the UAA did not store. */
export function findUnstoredEntries(
  client: JsonObject,
  name: string,
  sent: unknown,
): readonly string[] {
  if (!Array.isArray(sent)) return [];
  const stored = getOwnValue(client, name);
  const entries = Array.isArray(stored) ? stored.map(toPlainText) : [];
  // The UAA replaces a pattern with the scopes that it matches.
  return sent.map(toPlainText).filter((entry) => !entries.includes(entry) && !entry.includes('*'));
}

function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function isSameList(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return false;
  const entries = new Set(one.map(toPlainText));
  const otherEntries = new Set(other.map(toPlainText));
  return (
    entries.size === otherEntries.size && [...entries].every((entry) => otherEntries.has(entry))
  );
}

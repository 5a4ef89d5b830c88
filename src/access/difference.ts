import type { AttributeValue } from '../uaa/client-attributes.js';
import {
  byText,
  externalKey,
  memberKey,
  userKey,
  type Access,
  type AccessClient,
  type AccessGroup,
  type AccessUser,
  type External,
  type Member,
} from './model.js';
import { attributeChanges, type FieldChange } from './client-changes.js';

/** One step towards the access that the file describes; each is one request. */
export type Change =
  | { readonly action: 'add'; readonly kind: 'user'; readonly user: AccessUser }
  | {
      readonly action: 'change';
      readonly kind: 'user';
      readonly user: AccessUser;
      readonly fields: readonly FieldChange[];
    }
  | {
      readonly action: 'add';
      readonly kind: 'group';
      readonly name: string;
      readonly description: string | undefined;
    }
  | {
      readonly action: 'add' | 'remove';
      readonly kind: 'member';
      readonly group: string;
      readonly member: Member;
    }
  | {
      readonly action: 'add' | 'remove';
      readonly kind: 'external';
      readonly group: string;
      readonly external: External;
    }
  | { readonly action: 'add'; readonly kind: 'client'; readonly client: AccessClient }
  | {
      readonly action: 'change';
      readonly kind: 'client';
      readonly id: string;
      readonly fields: readonly FieldChange[];
    };

/**
 * The changes that turn `actual` into `wanted`, in an order in which they can be applied: users and
 * groups before memberships, and additions before removals.
 *
 * @param wanted - with the UAA's spelling of names that it has.
 * @param prune - whether to remove what the lists of the file do not name. Lists that the file leaves
 *   out are not changed, and neither are groups and clients that it does not name.
 */
export function difference(
  wanted: Access,
  actual: Access,
  { prune }: { readonly prune: boolean },
): readonly Change[] {
  const actualUsers = new Map(actual.users.map((user) => [userKey(user), user]));
  const actualGroups = new Map(actual.groups.map((group) => [group.name, group]));
  const actualClients = new Map(actual.clients.map((client) => [client.id, client]));
  const users = inOrder(wanted.users, userKey).flatMap((user) =>
    userChanges(user, actualUsers.get(userKey(user))),
  );
  const groups = inOrder(wanted.groups, ({ name }) => name);
  const pairs = groups.map((group) => ({ group, present: actualGroups.get(group.name) }));
  const added = pairs.flatMap(({ group: { name, description }, present }): Change[] =>
    present === undefined ? [{ action: 'add', kind: 'group', name, description }] : [],
  );
  const grants = pairs.flatMap(({ group, present }) => groupChanges('add', group, present));
  const clients = inOrder(wanted.clients, ({ id }) => id).flatMap((client) =>
    clientChanges(client, actualClients.get(client.id), prune),
  );
  const removals = pairs.flatMap(({ group, present }) =>
    prune && present !== undefined ? groupChanges('remove', present, group) : [],
  );
  return [...users, ...added, ...grants, ...clients, ...removals];
}

function inOrder<T>(items: readonly T[], text: (item: T) => string): readonly T[] {
  // Keys are computed once per item, not once per comparison.
  const keyed = items.map((item) => ({ item, key: text(item) }));
  return keyed.sort(byText(({ key }) => key)).map(({ item }) => item);
}

function userChanges(wanted: AccessUser, present: AccessUser | undefined): Change[] {
  if (present === undefined) return [{ action: 'add', kind: 'user', user: wanted }];
  const fields = userFields.flatMap(([key, name]): FieldChange[] => {
    const [from, to] = [present[key], wanted[key]];
    return to === undefined || isSame(from, to) ? [] : [{ name, from, to }];
  });
  return fields.length === 0 ? [] : [{ action: 'change', kind: 'user', user: wanted, fields }];
}

/** Their lists have one entry, so the order does not matter. */
function isSame(one: AttributeValue | undefined, other: AttributeValue): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The fields that are compared, by their names in access files. */
const userFields = [
  ['emails', 'emails'],
  ['phones', 'phones'],
  ['givenName', 'given_name'],
  ['familyName', 'family_name'],
] as const;

/**
 * The members and mappings of one group that another one lacks.
 * @param without - a list that it leaves out counts as empty for additions; for removals, nothing is
 *   lacking.
 */
function groupChanges(
  action: 'add' | 'remove',
  group: AccessGroup,
  without: AccessGroup | undefined,
): Change[] {
  const isAddition = action === 'add';
  const fallback = isAddition ? [] : undefined;
  const members = missing(group.members, without?.members ?? fallback, memberKey);
  const external = missing(group.external, without?.external ?? fallback, externalKey);
  const { name } = group;
  return [
    ...members.map((member): Change => ({ action, kind: 'member', group: name, member })),
    ...external.map((one): Change => ({ action, kind: 'external', group: name, external: one })),
  ];
}

function missing<T>(
  from: readonly T[] = [],
  others: readonly T[] | undefined,
  key: (item: T) => string,
): readonly T[] {
  if (others === undefined) return [];
  const known = new Set(others.map(key));
  const unknown = from.filter((item) => !known.has(key(item)));
  return inOrder([...new Map(unknown.map((item) => [key(item), item])).values()], key);
}

function clientChanges(
  wanted: AccessClient,
  present: AccessClient | undefined,
  prune: boolean,
): Change[] {
  const { id } = wanted;
  if (present === undefined) return [{ action: 'add', kind: 'client', client: wanted }];
  const fields = attributeChanges(wanted.attributes, present.attributes, { prune });
  return fields.length === 0 ? [] : [{ action: 'change', kind: 'client', id, fields }];
}

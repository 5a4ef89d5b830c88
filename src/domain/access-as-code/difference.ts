import { isDeepStrictEqual } from 'node:util';
import {
  type Attributes,
  type AttributeValue,
  expandApprovals,
  isSameValue,
  toList,
  toRequestValue,
  toStoredList,
} from '../../api/uaa/client-attributes.js';
import { isSameName } from '../../api/uaa/filters.js';
import { compareByText } from '../../base/compare-by-text.js';
import {
  type Access,
  type AccessClient,
  type AccessGroup,
  type AccessUser,
  type ExternalGroup,
  externalGroupKey,
  type Member,
  memberKey,
  userKey,
  type UserName,
} from './model.js';

/** One change that makes the UAA match the file. Each is one request, but a changed membership takes two. */
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
      readonly action: 'change';
      readonly kind: 'member';
      readonly group: string;
      readonly member: UserName;
      /** Contains only the origin of the membership. */
      readonly fields: readonly FieldChange[];
    }
  | {
      readonly action: 'add' | 'remove';
      readonly kind: 'external';
      readonly group: string;
      readonly external: ExternalGroup;
    }
  | { readonly action: 'add'; readonly kind: 'client'; readonly client: AccessClient }
  | {
      readonly action: 'change';
      readonly kind: 'client';
      readonly id: string;
      readonly fields: readonly FieldChange[];
    };

/**
 * Computes the changes that turn `actual` into `wanted`, in the order in which they can be applied:
 * users and groups before members, and additions before removals.
 *
 * @param wanted - uses the UAA's spelling of existing names.
 * @param prune - whether to remove entries that the lists of the file do not contain. Lists that are
 *   not in the file do not change, and neither do groups and clients that are not in the file.
 */
export function compareAccess(
  wanted: Access,
  actual: Access,
  { prune }: { readonly prune: boolean },
): readonly Change[] {
  const actualUsers = new Map(actual.users.map((user) => [userKey(user), user]));
  const actualGroups = new Map(actual.groups.map((group) => [group.name, group]));
  const actualClients = new Map(actual.clients.map((client) => [client.id, client]));
  const users = sortByText(wanted.users, userKey).flatMap((user) =>
    compareUsers(user, actualUsers.get(userKey(user))),
  );
  const groups = sortByText(wanted.groups, ({ name }) => name);
  const pairs = groups.map((group) => ({ group, existing: actualGroups.get(group.name) }));
  const added = pairs.flatMap(({ group: { name, description }, existing }): Change[] =>
    existing === undefined ? [{ action: 'add', kind: 'group', name, description }] : [],
  );
  const grants = pairs.flatMap(({ group, existing }) => [
    ...compareGroups('add', group, existing),
    ...(existing === undefined ? [] : findRepairs(group, existing, prune)),
  ]);
  const clients = sortByText(wanted.clients, ({ id }) => id).flatMap((client) =>
    compareClients(client, actualClients.get(client.id), prune),
  );
  const removals = pairs.flatMap(({ group, existing }) =>
    prune && existing !== undefined ? compareGroups('remove', existing, group) : [],
  );
  return [...users, ...added, ...grants, ...clients, ...removals];
}

function sortByText<T>(items: readonly T[], text: (item: T) => string): readonly T[] {
  // Keys are computed once per item, not once per comparison.
  const keyed = items.map((item) => ({ item, key: text(item) }));
  return keyed.sort(compareByText(({ key }) => key)).map(({ item }) => item);
}

function compareUsers(wanted: AccessUser, existing: AccessUser | undefined): Change[] {
  if (existing === undefined) return [{ action: 'add', kind: 'user', user: wanted }];
  const fields = userFields.flatMap(({ key, name }): FieldChange[] => {
    const from = existing[key];
    const to = wanted[key];
    return to === undefined || isDeepStrictEqual(from, to) ? [] : [{ name, from, to }];
  });
  return fields.length === 0 ? [] : [{ action: 'change', kind: 'user', user: wanted, fields }];
}

const userFields = [
  { key: 'emails', name: 'emails' },
  { key: 'phones', name: 'phones' },
  { key: 'givenName', name: 'given_name' },
  { key: 'familyName', name: 'family_name' },
] as const;

/** @param other - a missing list is treated as empty for additions, and as complete for removals. */
function compareGroups(
  action: 'add' | 'remove',
  group: AccessGroup,
  other: AccessGroup | undefined,
): Change[] {
  const isAddition = action === 'add';
  const fallback = isAddition ? [] : undefined;
  const providerMembers = (other?.providerMembers ?? []).map(({ member }) => member);
  const otherMembers = other?.members ?? fallback;
  const members = findMissing(
    group.members,
    otherMembers && [...otherMembers, ...providerMembers],
    memberKey,
  );
  const external = findMissing(group.external, other?.external ?? fallback, externalGroupKey);
  const { name } = group;
  return [
    ...members.map((member): Change => ({ action, kind: 'member', group: name, member })),
    ...external.map((mapping): Change => ({
      action,
      kind: 'external',
      group: name,
      external: mapping,
    })),
  ];
}

/**
 * Finds members in the file whose memberships the UAA may delete at a login. Other memberships from
 * identity providers already give access, so they are left unchanged.
 */
function findRepairs(
  { name, members = [], external }: AccessGroup,
  { providerMembers = [] }: AccessGroup,
  prune: boolean,
): Change[] {
  const wanted = new Set(members.map(memberKey));
  const losesMapping = (origin: string): boolean =>
    prune &&
    external !== undefined &&
    !external.some((mapping) => isSameName(mapping.origin, origin));
  const found = providerMembers.filter(
    ({ member, origin, source }) =>
      wanted.has(memberKey(member)) &&
      (source === 'unmapped' || (source === 'mapping' && losesMapping(origin))),
  );
  return sortByText(found, ({ member }) => memberKey(member)).map(({ member, origin }) => ({
    action: 'change',
    kind: 'member',
    group: name,
    member,
    fields: [{ name: 'origin', from: origin, to: 'uaa' }],
  }));
}

function findMissing<T>(
  items: readonly T[] = [],
  others: readonly T[] | undefined,
  key: (item: T) => string,
): readonly T[] {
  if (others === undefined) return [];
  const known = new Set(others.map(key));
  const unknown = items.filter((item) => !known.has(key(item)));
  return sortByText([...new Map(unknown.map((item) => [key(item), item])).values()], key);
}

function compareClients(
  wanted: AccessClient,
  existing: AccessClient | undefined,
  prune: boolean,
): Change[] {
  const { id } = wanted;
  if (existing === undefined) return [{ action: 'add', kind: 'client', client: wanted }];
  const fields = compareAttributes(wanted.attributes, existing.attributes, {
    prune: prune && existing.isFromTrust !== true,
  });
  return fields.length === 0 ? [] : [{ action: 'change', kind: 'client', id, fields }];
}

/** The change of one attribute of a user or client. */
export interface FieldChange {
  /** The name in access files. */
  readonly name: string;
  /** `undefined` if it is not set. */
  readonly from: AttributeValue | undefined;
  readonly to: AttributeValue;
}

/** A file adds entries to these lists. Entries that it does not name are removed only with `--prune`. */
const grantingLists: readonly string[] = [
  'scope',
  'authorized_grant_types',
  'authorities',
  'redirect_uri',
  'autoapprove',
];

/**
 * @param prune - whether to remove list entries that are not wanted.
 * @returns the changes sorted by attribute; `to` is the complete new value.
 */
export function compareAttributes(
  wanted: Attributes,
  actual: Attributes,
  { prune }: { readonly prune: boolean },
): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  // `autoapprove` comes last, because it depends on the new scopes.
  for (const name of grantingLists) {
    const value = wanted[name];
    if (value === undefined) continue;
    const scopes = changes.find((change) => change.name === 'scope')?.to ?? actual['scope'] ?? [];
    const entries = computeEntries(name, { wanted: value, actual: actual[name], scopes, prune });
    if (!isSameValue(entries, toStoredList(name, actual[name]))) {
      changes.push({ name, from: actual[name], to: toRequestValue(name, entries) });
    }
  }
  for (const [name, value] of Object.entries(wanted)) {
    if (grantingLists.includes(name) || isSameValue(value, actual[name])) continue;
    changes.push({ name, from: actual[name], to: value });
  }
  return changes.sort(compareByText(({ name }) => name));
}

interface Values {
  readonly wanted: AttributeValue;
  readonly actual: AttributeValue | undefined;
  /** The scopes of the client after the change. */
  readonly scopes: AttributeValue;
  readonly prune: boolean;
}

/** @returns the new entries of a list; `true` if `autoapprove` applies to all scopes. */
function computeEntries(
  name: string,
  { wanted, actual, scopes, prune }: Values,
): true | readonly string[] {
  const goal = toStoredList(name, wanted);
  const existing = toStoredList(name, actual);
  // `false` means an empty list that replaces the stored one.
  if (goal === true || wanted === false) return goal;
  if (existing === true && !prune) return true;
  const goals = name === 'autoapprove' ? expandApprovals(goal, toList(scopes)) : goal;
  return prune || existing === true ? goals : [...new Set([...existing, ...goals])];
}

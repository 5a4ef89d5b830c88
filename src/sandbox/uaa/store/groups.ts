import type { Storage } from '../../storage.js';
import { createLikePattern } from './query.js';

/** A group. Its name is the scope that its members get. Times are in epoch milliseconds. */
export interface Group {
  readonly id: string;
  readonly displayName: string;
  readonly description?: string | undefined;
  readonly version: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

type MemberType = 'USER' | 'GROUP';

export interface Member {
  /** ID of the user or group. */
  readonly value: string;
  readonly type: MemberType;
  /** Key of the identity provider that the membership comes from. */
  readonly origin: string;
}

/** A group that a user belongs to, directly or through a nested group. */
interface UserGroup {
  readonly group: Group;
  readonly kind: 'DIRECT' | 'INDIRECT';
}

interface Membership extends Member {
  readonly groupId: string;
}

/**
 * Creates the store for groups and their members.
 * @param defaultGroups - names of the groups that every user belongs to.
 */
export function createGroupStore(defaultGroups: ReadonlySet<string>, storage: Storage) {
  const groups = storage.collection<Group>({ name: 'groups', key: ({ id }) => id });
  const members = storage.collection<Membership>({
    name: 'members',
    key: ({ groupId, value }) => formatMemberKey(groupId, value),
  });
  const findAllByName = groups.getIndex('name', ({ displayName }) => displayName);
  const findByGroup = members.getIndex('group', ({ groupId }) => groupId);
  const findByMember = members.getIndex('member', ({ value }) => value);

  const findParentGroups = (memberId: string): readonly Group[] =>
    findByMember(memberId).flatMap(({ groupId }) => groups.get(groupId) ?? []);

  function deleteMemberships(found: readonly Membership[]): void {
    for (const { groupId, value } of found) members.delete(formatMemberKey(groupId, value));
  }

  /** Includes default groups, direct memberships and nested memberships. */
  function findUserGroups(userId: string): readonly UserGroup[] {
    const found = new Map<string, UserGroup>();
    for (const group of [...defaultGroups].flatMap(findAllByName)) {
      found.set(group.id, { group, kind: 'DIRECT' });
    }
    // Breadth-first search, so that a direct membership takes precedence over a nested one.
    let currentIds = [userId];
    for (let kind: UserGroup['kind'] = 'DIRECT'; currentIds.length > 0; kind = 'INDIRECT') {
      const next = currentIds.flatMap(findParentGroups).filter(({ id }) => !found.has(id));
      for (const group of next) found.set(group.id, { group, kind });
      currentIds = [...new Set(next.map(({ id }) => id))];
    }
    return [...found.values()];
  }

  return {
    ...groups,
    findByName: (displayName: string) => findAllByName(displayName)[0],
    /** Deletes the group, its members, and its membership in other groups. */
    delete(id: string): boolean {
      deleteMemberships(findByGroup(id));
      deleteMemberships(findByMember(id));
      return groups.delete(id);
    },
    findMembers: (groupId: string): readonly Member[] => findByGroup(groupId),
    findMember: (groupId: string, memberId: string): Member | undefined =>
      members.get(formatMemberKey(groupId, memberId)),
    addMember: (groupId: string, { value, type, origin }: Member) =>
      members.put({ groupId, value, type, origin }),
    removeMember: (groupId: string, memberId: string) =>
      members.delete(formatMemberKey(groupId, memberId)),
    /** Removes a user or group from every group. */
    removeFromAllGroups: (memberId: string) => deleteMemberships(findByMember(memberId)),
    /** Removes the memberships that come from an identity provider. */
    removeByOrigin: (removedOrigin: string) =>
      deleteMemberships(members.all().filter(({ origin }) => origin === removedOrigin)),
    /** Replaces the memberships of a user that come from an identity provider. */
    replaceByOrigin(userId: string, origin: string, groupIds: readonly string[]): void {
      deleteMemberships(findByMember(userId).filter((member) => member.origin === origin));
      for (const groupId of groupIds) {
        if (members.get(formatMemberKey(groupId, userId))) continue;
        members.put({ groupId, value: userId, type: 'USER', origin });
      }
    },
    findUserGroups,
    /** Finds the scopes that a user can get, which are the names of the user's groups. */
    findUserScopes: (userId: string): ReadonlySet<string> =>
      new Set(findUserGroups(userId).map(({ group }) => group.displayName)),
    /** Whether every user belongs to the group. Users cannot be added to it or removed from it. */
    isDefault: (displayName: string) => defaultGroups.has(displayName),
  };
}

/** A space separates the IDs, because group IDs contain no spaces. */
function formatMemberKey(groupId: string, memberId: string): string {
  return `${groupId} ${memberId}`;
}

/** Adds the members of an external group to a UAA group. */
export interface Mapping {
  readonly groupId: string;
  /** In lower case. */
  readonly externalGroup: string;
  /** Key of the identity provider. */
  readonly origin: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Identifies a mapping. The name of the external group can be in any case. */
export type MappingKey = Pick<Mapping, 'groupId' | 'externalGroup' | 'origin'>;

export function createMappingStore(storage: Storage) {
  const mappings = storage.collection<Mapping>({ name: 'mappings', key: formatMappingKey });
  const findByGroup = mappings.getIndex('group', ({ groupId }) => groupId);
  return {
    ...mappings,
    /** Like the real server, treats `_` and `%` in the name as wildcards. */
    findMatching({ groupId, externalGroup, origin }: MappingKey): readonly Mapping[] {
      const pattern = createLikePattern(externalGroup.toLowerCase());
      return findByGroup(groupId).filter(
        (mapping) => mapping.origin === origin && pattern.test(mapping.externalGroup),
      );
    },
    /** Does nothing if the mapping exists. */
    add(mapping: Mapping): void {
      if (!mappings.get(formatMappingKey(mapping))) mappings.put(mapping);
    },
    /** Deletes the mapping with exactly this name, without wildcards. @returns whether it existed. */
    deleteExact: (key: MappingKey) => mappings.delete(formatMappingKey(key)),
    deleteByGroup(groupId: string): void {
      for (const mapping of findByGroup(groupId)) mappings.delete(formatMappingKey(mapping));
    },
  };
}

function formatMappingKey({ groupId, externalGroup, origin }: MappingKey): string {
  return JSON.stringify([groupId, externalGroup.toLowerCase(), origin]);
}

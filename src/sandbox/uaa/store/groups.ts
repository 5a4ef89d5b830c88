import { listIn, type Storage } from '../../storage/storage.js';

/** A group: its name is the scope that its members get. Instants are epoch milliseconds. */
export interface Group {
  readonly id: string;
  readonly displayName: string;
  readonly description?: string | undefined;
  readonly version: number;
  readonly createdAt: number;
  readonly modifiedAt: number;
}

export type MemberType = 'USER' | 'GROUP';

/** One membership. */
export interface Member {
  readonly value: string;
  readonly type: MemberType;
  /** Identity provider that the membership comes from. */
  readonly origin: string;
}

/** A group that a user is in, directly or through a nested group. */
export interface UserGroup {
  readonly group: Group;
  readonly kind: 'DIRECT' | 'INDIRECT';
}

/** A member of a group, as stored. */
interface Membership extends Member {
  readonly groupId: string;
}

/**
 * The groups of a UAA and their members.
 *
 * @param defaultGroups - names of the groups that every user is in.
 */
export function createGroupStore(defaultGroups: ReadonlySet<string>, storage: Storage) {
  const groups = storage.collection<Group>({
    name: 'groups',
    key: ({ id }) => id,
    requiredMembers: ['id', 'displayName', 'version'],
  });
  const members = storage.collection<Membership>({
    name: 'members',
    key: ({ groupId, value }) => memberKey(groupId, value),
    requiredMembers: ['groupId', 'value', 'type', 'origin'],
    fromOldItems: (items) => items.flatMap(convertOldItem),
  });
  const byName = groups.indexedBy('name', ({ displayName }) => displayName);
  const findByGroup = members.indexedBy('group', ({ groupId }) => groupId);
  const findByMember = members.indexedBy('member', ({ value }) => value);

  const findParentGroups = (memberId: string): readonly Group[] =>
    groups.sorted(findByMember(memberId).flatMap(({ groupId }) => groups.get(groupId) ?? []));

  function deleteMemberships(found: readonly Membership[]): void {
    for (const { groupId, value } of found) members.delete(memberKey(groupId, value));
  }

  /** Every group of a user: default groups, direct memberships and nested ones. */
  function findUserGroups(userId: string): readonly UserGroup[] {
    const found = new Map<string, UserGroup>();
    for (const group of groups.sorted([...defaultGroups].flatMap(byName))) {
      found.set(group.id, { group, kind: 'DIRECT' });
    }
    // Breadth first, so that a direct membership takes precedence over a nested one.
    let currentIds = [userId];
    for (let kind: UserGroup['kind'] = 'DIRECT'; currentIds.length > 0; kind = 'INDIRECT') {
      const next = currentIds.flatMap(findParentGroups).filter(({ id }) => !found.has(id));
      for (const group of next) found.set(group.id, { group, kind });
      currentIds = next.map(({ id }) => id);
    }
    return [...found.values()];
  }

  return {
    ...groups,
    byName: (displayName: string) => byName(displayName)[0],
    /** Deletes the group, its memberships, and its membership in other groups. */
    delete(id: string): boolean {
      deleteMemberships(findByGroup(id));
      deleteMemberships(findByMember(id));
      return groups.delete(id);
    },
    findMembers: (groupId: string): readonly Member[] => findByGroup(groupId),
    findMember: (groupId: string, memberId: string): Member | undefined =>
      members.get(memberKey(groupId, memberId)),
    addMember: (groupId: string, { value, type, origin }: Member) =>
      members.put({ groupId, value, type, origin }),
    removeMember: (groupId: string, memberId: string) =>
      members.delete(memberKey(groupId, memberId)),
    removeMembers: (groupId: string) => deleteMemberships(findByGroup(groupId)),
    /** Removes a user or group from every group. */
    removeFromAll: (memberId: string) => deleteMemberships(findByMember(memberId)),
    ofUser: findUserGroups,
    /** Names of all groups of a user, which are the scopes that the user can get. */
    namesOfUser: (userId: string): ReadonlySet<string> =>
      new Set(findUserGroups(userId).map(({ group }) => group.displayName)),
    /** Whether every user is in the group, so that no member can be added or removed. */
    isDefault: (displayName: string) => defaultGroups.has(displayName),
  };
}

/** Group ids contain no spaces. */
function memberKey(groupId: string, memberId: string): string {
  return `${groupId} ${memberId}`;
}

/** tpks 0.1.0 stored pairs of a group's id and its members. */
function convertOldItem(item: unknown): readonly unknown[] {
  const [groupId, members] = listIn(item);
  if (!Array.isArray(members)) return [undefined];
  return members.map((member: unknown) =>
    typeof member === 'object' ? { groupId, ...member } : undefined,
  );
}

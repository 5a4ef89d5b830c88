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
 * @param defaults - names of the groups that every user is in.
 */
export function createGroupStore(defaults: ReadonlySet<string>, storage: Storage) {
  const groups = storage.collection<Group>({
    name: 'groups',
    key: ({ id }) => id,
    requiredMembers: ['id', 'displayName', 'version'],
  });
  const members = storage.collection<Membership>({
    name: 'members',
    key: ({ groupId, value }) => memberKey(groupId, value),
    requiredMembers: ['groupId', 'value', 'type', 'origin'],
    fromOldItems: (items) => items.flatMap(fromOldItem),
  });
  const byName = groups.indexedBy('name', ({ displayName }) => displayName);
  const ofGroup = members.indexedBy('group', ({ groupId }) => groupId);
  const ofMember = members.indexedBy('member', ({ value }) => value);

  const containing = (memberId: string): readonly Group[] =>
    groups.sorted(ofMember(memberId).flatMap(({ groupId }) => groups.get(groupId) ?? []));

  function remove(found: readonly Membership[]): void {
    for (const { groupId, value } of found) members.delete(memberKey(groupId, value));
  }

  /** Every group of a user: default groups, direct memberships and nested ones. */
  function ofUser(userId: string): readonly UserGroup[] {
    const found = new Map<string, UserGroup>();
    for (const group of groups.sorted([...defaults].flatMap(byName))) {
      found.set(group.id, { group, kind: 'DIRECT' });
    }
    // Breadth first, so that a direct membership takes precedence over a nested one.
    let reached = [userId];
    for (let kind: UserGroup['kind'] = 'DIRECT'; reached.length > 0; kind = 'INDIRECT') {
      const next = reached.flatMap(containing).filter(({ id }) => !found.has(id));
      for (const group of next) found.set(group.id, { group, kind });
      reached = next.map(({ id }) => id);
    }
    return [...found.values()];
  }

  return {
    ...groups,
    byName: (displayName: string) => byName(displayName)[0],
    /** Deletes the group, its memberships, and its membership in other groups. */
    delete(id: string): boolean {
      remove(ofGroup(id));
      remove(ofMember(id));
      return groups.delete(id);
    },
    members: (groupId: string): readonly Member[] => ofGroup(groupId),
    member: (groupId: string, memberId: string): Member | undefined =>
      members.get(memberKey(groupId, memberId)),
    addMember: (groupId: string, { value, type, origin }: Member) =>
      members.put({ groupId, value, type, origin }),
    removeMember: (groupId: string, memberId: string) =>
      members.delete(memberKey(groupId, memberId)),
    removeMembers: (groupId: string) => remove(ofGroup(groupId)),
    /** Removes a user or group from every group. */
    removeFromAll: (memberId: string) => remove(ofMember(memberId)),
    ofUser,
    /** Names of all groups of a user, which are the scopes that the user can get. */
    namesOfUser: (userId: string): ReadonlySet<string> =>
      new Set(ofUser(userId).map(({ group }) => group.displayName)),
    /** Whether every user is in the group, so that no member can be added or removed. */
    isDefault: (displayName: string) => defaults.has(displayName),
  };
}

/** Group ids contain no spaces. */
function memberKey(groupId: string, memberId: string): string {
  return `${groupId} ${memberId}`;
}

/** tpks 0.1.0 stored pairs of a group's id and its members. */
function fromOldItem(item: unknown): readonly unknown[] {
  const [groupId, members] = listIn(item);
  if (!Array.isArray(members)) return [undefined];
  return members.map((member: unknown) =>
    typeof member === 'object' ? { groupId, ...member } : undefined,
  );
}

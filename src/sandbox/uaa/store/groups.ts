import type { Collection } from '../../storage/collection.js';
import { hasMembers, listIn, type Storage } from '../../storage/storage.js';

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
export interface Belonging {
  readonly group: Group;
  readonly kind: 'DIRECT' | 'INDIRECT';
}

export interface GroupStore {
  readonly get: (id: string) => Group | undefined;
  readonly byName: (displayName: string) => Group | undefined;
  /** For lists. */
  readonly rows: Collection<Group>;
  readonly save: (group: Group) => void;
  /** Removes the group, its memberships, and its membership in other groups. */
  readonly remove: (id: string) => void;
  readonly members: (groupId: string) => readonly Member[];
  readonly member: (groupId: string, memberId: string) => Member | undefined;
  readonly addMember: (groupId: string, member: Member) => void;
  readonly removeMember: (groupId: string, memberId: string) => void;
  readonly removeMembers: (groupId: string) => void;
  /** Removes a user or group from every group. */
  readonly forget: (memberId: string) => void;
  /** Every group of a user: default groups, direct memberships and nested ones. */
  readonly of: (userId: string) => readonly Belonging[];
  /** Whether every user is in the group, so that no member can be added or removed. */
  readonly isDefault: (displayName: string) => boolean;
}

/** A member of a group, as stored. */
interface Membership extends Member {
  readonly groupId: string;
}

/** @param defaults - names of the groups that every user is in. */
export function createGroupStore(defaults: ReadonlySet<string>, storage: Storage): GroupStore {
  const groups = storage.collection<Group>({ name: 'groups', key: ({ id }) => id, isRow: isGroup });
  const members = storage.collection<Membership>({
    name: 'members',
    key: ({ groupId, value }) => memberKey(groupId, value),
    isRow: isMembership,
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

  return {
    get: groups.get,
    byName: (displayName) => byName(displayName)[0],
    rows: groups,
    save: groups.put,
    remove(id) {
      groups.delete(id);
      remove(ofGroup(id));
      remove(ofMember(id));
    },
    members: ofGroup,
    member: (groupId, memberId) => members.get(memberKey(groupId, memberId)),
    addMember: (groupId, { value, type, origin }) => members.put({ groupId, value, type, origin }),
    removeMember: (groupId, memberId) => void members.delete(memberKey(groupId, memberId)),
    removeMembers: (groupId) => remove(ofGroup(groupId)),
    forget: (memberId) => remove(ofMember(memberId)),
    of(userId) {
      const found = new Map<string, Belonging>();
      for (const group of groups.sorted([...defaults].flatMap(byName))) {
        found.set(group.id, { group, kind: 'DIRECT' });
      }
      // Breadth first, so that a direct membership takes precedence over a nested one.
      let reached = [userId];
      for (let kind: Belonging['kind'] = 'DIRECT'; reached.length > 0; kind = 'INDIRECT') {
        const next = reached.flatMap(containing).filter(({ id }) => !found.has(id));
        for (const group of next) found.set(group.id, { group, kind });
        reached = next.map(({ id }) => id);
      }
      return [...found.values()];
    },
    isDefault: (displayName) => defaults.has(displayName),
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

function isGroup(value: unknown): value is Group {
  return hasMembers(value, 'id', 'displayName', 'version');
}

function isMembership(value: unknown): value is Membership {
  return hasMembers(value, 'groupId', 'value', 'type', 'origin');
}

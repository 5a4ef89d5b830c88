import { hasMembers, keptMap, type Keep } from '../keep.js';

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

/** A group somebody is in: by a membership of their own, or through a group in the group. */
export interface Belonging {
  readonly group: Group;
  readonly kind: 'DIRECT' | 'INDIRECT';
}

export interface GroupStore {
  readonly get: (id: string) => Group | undefined;
  readonly byName: (displayName: string) => Group | undefined;
  readonly all: () => readonly Group[];
  readonly save: (group: Group) => void;
  /** Removes the group, its memberships, and its membership in other groups. */
  readonly remove: (id: string) => void;
  readonly members: (groupId: string) => readonly Member[];
  readonly setMembers: (groupId: string, members: readonly Member[]) => void;
  /** Takes a user or group out of every group. */
  readonly forget: (memberId: string) => void;
  /** Every group the user is in: the default groups, own memberships, and nested ones. */
  readonly of: (userId: string) => readonly Belonging[];
  /** Every user is in a default group; nobody joins or leaves it. */
  readonly isDefault: (displayName: string) => boolean;
}

/** @param defaults - names of the groups that every user is in. */
export function createGroupStore(defaults: ReadonlySet<string>, keep: Keep): GroupStore {
  const groups = keptMap(keep, 'groups', isGroup);
  const members = keptMap(keep, 'members', isMembers);

  function containing(memberId: string): Group[] {
    return groups
      .values()
      .filter(({ id }) => members.get(id)?.some(({ value }) => value === memberId));
  }

  function forget(memberId: string): void {
    for (const [groupId, list] of members.entries()) {
      if (list.some(({ value }) => value === memberId)) {
        members.set(
          groupId,
          list.filter(({ value }) => value !== memberId),
        );
      }
    }
  }

  return {
    get: (id) => groups.get(id),
    byName: (displayName) => groups.values().find((group) => group.displayName === displayName),
    all: groups.values,
    save: (group) => groups.set(group.id, group),
    remove(id) {
      groups.delete(id);
      members.delete(id);
      forget(id);
    },
    members: (groupId) => members.get(groupId) ?? [],
    setMembers: (groupId, list) => members.set(groupId, list),
    forget,
    of(userId) {
      const found = new Map<string, Belonging>();
      for (const group of groups.values()) {
        if (defaults.has(group.displayName)) found.set(group.id, { group, kind: 'DIRECT' });
      }
      // Breadth first: who is in a group directly and through another one is in it directly.
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

function isGroup(value: unknown): value is Group {
  return hasMembers(value, 'id', 'displayName', 'version');
}

function isMembers(value: unknown): value is readonly Member[] {
  return Array.isArray(value) && value.every((each) => hasMembers(each, 'value', 'type', 'origin'));
}

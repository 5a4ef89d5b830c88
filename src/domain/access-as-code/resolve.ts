import type { GroupName, ListedUser } from '../../api/uaa/directory.js';
import { isSameName } from '../../api/uaa/list-resources.js';
import type { ValuePath, Report } from '../../platform/input/parsed-text.js';
import type { AccessFile } from './file.js';
import {
  groupBy,
  userKey,
  type Access,
  type AccessGroup,
  type AccessUser,
  type Member,
  type UserName,
} from './model.js';

/** The names of the users and groups of a UAA. */
export interface KnownNames {
  readonly users: readonly Pick<ListedUser, 'userName' | 'origin'>[];
  readonly groups: readonly Pick<GroupName, 'displayName'>[];
}

/**
 * Resolves the names in a file: uses the UAA's spelling, and adds the origin of each member.
 * @param report - called for each name that is unknown, ambiguous or duplicated.
 */
export function resolveNames(file: AccessFile, known: KnownNames, report: Report): Access {
  const uaaUsers = known.users.map(toUserName);
  const findGroupSpelling = createGroupSpellingFinder(known);
  const users = applyUaaSpelling(file.users, uaaUsers);
  const groupNames = file.groups.map(({ name }) => findGroupSpelling(name) ?? name);
  reportDuplicates(file.users, users, {
    key: userKey,
    describe: ({ user }) => `user ${user}`,
    report,
  });
  const exactNames = new Set(known.groups.map(({ displayName }) => displayName));
  reportDuplicates(file.groups, groupNames, {
    key: (name) => (exactNames.has(name) ? name : name.toLowerCase()),
    describe: (name) => `group ${name}`,
    report,
  });
  const findUser = createUserFinder(users, uaaUsers);
  const groupsInFile = new Map(groupNames.toReversed().map((name) => [name.toLowerCase(), name]));
  const findGroup = (name: string, inGroup: string): Member | string => {
    const group = findGroupSpelling(name) ?? groupsInFile.get(name.toLowerCase());
    if (group === undefined) return `group ${name} not found in the UAA or in this file`;
    return group === inGroup ? 'a group cannot be a member of itself' : { group };
  };
  const groups = file.groups.map((group, index): AccessGroup => {
    const { description, external } = group;
    const name = groupNames[index] ?? group.name;
    const members = group.members?.flatMap((member) => {
      const found = 'group' in member ? findGroup(member.group, name) : findUser(member);
      if (typeof found !== 'string') return [found];
      report(member.valuePath, `group ${group.name}: ${found}`);
      return [];
    });
    return { name, description, members, external };
  });
  return { users, groups, clients: file.clients };
}

function applyUaaSpelling(
  users: readonly AccessUser[],
  uaaUsers: readonly UserName[],
): readonly AccessUser[] {
  const byKey = new Map(uaaUsers.map((user) => [userKey(user), user]));
  return users.map((wanted) => ({ ...wanted, ...byKey.get(userKey(wanted)) }));
}

/** Prefers the exact name, because some databases distinguish names that differ only in case. */
function createGroupSpellingFinder({ groups }: KnownNames): (name: string) => string | undefined {
  const names = groups.map(({ displayName }) => displayName);
  const exact = new Set(names);
  const byLowerCase = new Map(names.toReversed().map((name) => [name.toLowerCase(), name]));
  return (name) => (exact.has(name) ? name : byLowerCase.get(name.toLowerCase()));
}

interface Duplicates<Name> {
  /** Returns the same key for names that the UAA considers equal. */
  readonly key: (name: Name) => string;
  readonly describe: (name: Name) => string;
  readonly report: Report;
}

/** Reports entries that occur more than once in the file. */
function reportDuplicates<Name>(
  entries: readonly { readonly valuePath: ValuePath }[],
  names: readonly Name[],
  { key, describe, report }: Duplicates<Name>,
): void {
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (seen.has(key(name)))
      report(entries[index]?.valuePath ?? [], `${describe(name)} occurs more than once`);
    seen.add(key(name));
  }
}

/**
 * @returns a function that looks up the user of a member, and returns the user or an error message.
 *   Without an origin, a user in the file takes precedence over one in the UAA.
 */
function createUserFinder(
  fileUsers: readonly UserName[],
  uaaUsers: readonly UserName[],
): (member: { readonly user: string; readonly origin?: string | undefined }) => UserName | string {
  const nameOf = ({ user }: UserName): string => user.toLowerCase();
  const [fileUsersByName, uaaUsersByName] = [groupBy(fileUsers, nameOf), groupBy(uaaUsers, nameOf)];
  return ({ user, origin }) => {
    const matching = (users: Map<string, UserName[]>): readonly UserName[] =>
      (users.get(user.toLowerCase()) ?? []).filter(
        (candidate) => origin === undefined || isSameName(candidate.origin, origin),
      );
    const fromFile = matching(fileUsersByName);
    const [found, ...others] = fromFile.length > 0 ? fromFile : matching(uaaUsersByName);
    const suffix = origin === undefined ? '' : ` from origin ${origin}`;
    if (found === undefined) return `user ${user}${suffix} not found in the UAA or in this file`;
    if (others.length === 0) return { user: found.user, origin: found.origin };
    const choices = [found, ...others].map((one) => `{user: ${user}, origin: ${one.origin}}`);
    return `user ${user} exists in several origins; write ${choices.sort().join(' or ')}`;
  };
}

function toUserName({ userName, origin }: KnownNames['users'][number]): UserName {
  return { user: userName, origin };
}

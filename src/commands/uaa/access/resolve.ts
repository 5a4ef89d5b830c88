import type { GroupName, ListedUser } from '../../../uaa/directory.js';
import type { Place } from '../../../input/input-file.js';
import {
  isSameName,
  userKey,
  type Access,
  type AccessGroup,
  type AccessUser,
  type Member,
  type UserName,
} from './access.js';
import type { AccessFile } from './access-file.js';

/** Notes what is wrong with a part of the file. */
export type Note = (place: Place, text: string) => void;

/** Who there is at the UAA, of the names in a file. */
export interface Known {
  readonly users: readonly Pick<ListedUser, 'userName' | 'origin'>[];
  readonly groups: readonly Pick<GroupName, 'displayName'>[];
}

/**
 * The access that a file describes, with names as the UAA spells them and the origin of each member.
 * @param note - called for each name that is unknown, ambiguous, or in the file twice.
 */
export function resolve(file: AccessFile, known: Known, note: Note): Access {
  const atUaa = known.users.map(toUserName);
  const spelledGroup = groupSpelling(known);
  const users = spelledUsers(file.users, atUaa);
  const groupNames = file.groups.map(({ name }) => spelledGroup(name) ?? name);
  noteTwins(file.users, users, { key: userKey, words: ({ user }) => `user ${user}`, note });
  const exactNames = new Set(known.groups.map(({ displayName }) => displayName));
  noteTwins(file.groups, groupNames, {
    key: (name) => (exactNames.has(name) ? name : name.toLowerCase()),
    words: (name) => `group ${name}`,
    note,
  });
  const findUser = userFinder(users, atUaa);
  const inFile = new Map(groupNames.toReversed().map((name) => [name.toLowerCase(), name]));
  const findGroup = (name: string, inGroup: string): Member | string => {
    const group = spelledGroup(name) ?? inFile.get(name.toLowerCase());
    if (group === undefined) return `group ${name} not found at the UAA or in this file`;
    return group === inGroup ? 'a group cannot be a member of itself' : { group };
  };
  const groups = file.groups.map((group, index): AccessGroup => {
    const { description, external } = group;
    const name = groupNames[index] ?? group.name;
    const members = group.members?.flatMap((member) => {
      const found = 'group' in member ? findGroup(member.group, name) : findUser(member);
      if (typeof found !== 'string') return [found];
      note(member.place, `group ${group.name}: ${found}`);
      return [];
    });
    return { name, description, members, external };
  });
  return { users, groups, clients: file.clients };
}

function spelledUsers(
  users: readonly AccessUser[],
  atUaa: readonly UserName[],
): readonly AccessUser[] {
  const byKey = new Map(atUaa.map((user) => [userKey(user), user]));
  return users.map((wanted) => ({ ...wanted, ...byKey.get(userKey(wanted)) }));
}

/** The exact name wins, because some databases distinguish names that differ only in case. */
function groupSpelling({ groups }: Known): (name: string) => string | undefined {
  const names = groups.map(({ displayName }) => displayName);
  const exact = new Set(names);
  const byLowerCase = new Map(names.toReversed().map((name) => [name.toLowerCase(), name]));
  return (name) => (exact.has(name) ? name : byLowerCase.get(name.toLowerCase()));
}

interface Twins<Name> {
  /** The same key for names that the UAA considers equal. */
  readonly key: (name: Name) => string;
  readonly words: (name: Name) => string;
  readonly note: Note;
}

/** Reports entries that are in the file twice, ignoring case. */
function noteTwins<Name>(
  entries: readonly { readonly place: Place }[],
  names: readonly Name[],
  { key, words, note }: Twins<Name>,
): void {
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (seen.has(key(name))) note(entries[index]?.place ?? [], `${words(name)} is here twice`);
    seen.add(key(name));
  }
}

/**
 * @returns a function that looks up the user of a member, and returns the user or an error message.
 *   Without an origin, a user in the file takes precedence over one at the UAA.
 */
function userFinder(
  inFile: readonly UserName[],
  atUaa: readonly UserName[],
): (member: { readonly user: string; readonly origin?: string | undefined }) => UserName | string {
  const [mine, theirs] = [byName(inFile), byName(atUaa)];
  return ({ user, origin }) => {
    const fitting = (users: Map<string, UserName[]>): readonly UserName[] =>
      (users.get(user.toLowerCase()) ?? []).filter(
        (one) => origin === undefined || isSameName(one.origin, origin),
      );
    const ofFile = fitting(mine);
    const [found, ...others] = ofFile.length > 0 ? ofFile : fitting(theirs);
    const suffix = origin === undefined ? '' : ` of origin ${origin}`;
    if (found === undefined) return `user ${user}${suffix} not found at the UAA or in this file`;
    if (others.length === 0) return { user: found.user, origin: found.origin };
    const choices = [found, ...others].map((one) => `{user: ${user}, origin: ${one.origin}}`);
    return `user ${user} exists in several origins; write ${choices.sort().join(' or ')}`;
  };
}

function byName(users: readonly UserName[]): Map<string, UserName[]> {
  const found = new Map<string, UserName[]>();
  for (const user of users) {
    const name = user.user.toLowerCase();
    const same = found.get(name);
    if (same === undefined) found.set(name, [user]);
    else same.push(user);
  }
  return found;
}

function toUserName({ userName, origin }: Known['users'][number]): UserName {
  return { user: userName, origin };
}

import type { GroupName, ListedUser } from '../../../uaa/directory.js';
import type { Place } from '../../input-file.js';
import {
  isSameName,
  userKey,
  type Access,
  type AccessGroup,
  type AccessUser,
  type Member,
  type UserName,
} from './access.js';
import type { AccessFile, FileMember } from './access-file.js';

/** Notes what is wrong with a part of the file. */
export type Note = (place: Place, text: string) => void;

/** Who there is at the UAA, of the names in a file. */
export interface Known {
  readonly users: readonly Pick<ListedUser, 'userName' | 'origin'>[];
  readonly groups: readonly Pick<GroupName, 'displayName'>[];
}

/**
 * What a file wants, every name spelled as the UAA spells it and every member with its origin.
 * @param note - told of every name that is neither at the UAA nor in the file, that could be
 *   several, or that is there twice.
 */
export function resolve(file: AccessFile, known: Known, note: Note): Access {
  const names = { users: spelledUsers(file, known), groups: spelledGroups(file, known) };
  noteTwins(file.users, names.users, { key: userKey, words: ({ user }) => `user ${user}`, note });
  noteTwins(file.groups, names.groups, {
    key: (name) => (isKnown(name, known) ? name : name.toLowerCase()),
    words: (name) => `group ${name}`,
    note,
  });
  const groups = file.groups.map((group, index): AccessGroup => {
    const { description, external } = group;
    const name = names.groups[index] ?? group.name;
    const members = group.members?.flatMap((member) => {
      const found = findMember(member, name, { known, names });
      if (typeof found !== 'string') return [found];
      note(member.place, `group ${group.name}: ${found}`);
      return [];
    });
    return { name, description, members, external };
  });
  return { users: names.users, groups, clients: file.clients };
}

interface Names {
  readonly users: readonly AccessUser[];
  readonly groups: readonly string[];
}

function spelledUsers({ users }: AccessFile, known: Known): readonly AccessUser[] {
  return users.map((wanted) => {
    const found = known.users.map(toUserName).find((user) => userKey(user) === userKey(wanted));
    return { ...wanted, ...found };
  });
}

function spelledGroups({ groups }: AccessFile, known: Known): readonly string[] {
  return groups.map(({ name }) => knownGroup(name, known) ?? name);
}

/** The exact name, where a database tells names apart by case alone. */
function knownGroup(name: string, known: Known): string | undefined {
  if (isKnown(name, known)) return name;
  return known.groups.find(({ displayName }) => isSameName(displayName, name))?.displayName;
}

function isKnown(name: string, { groups }: Known): boolean {
  return groups.some(({ displayName }) => displayName === name);
}

interface Twins<Name> {
  /** The same text for what the UAA takes for the same. */
  readonly key: (name: Name) => string;
  readonly words: (name: Name) => string;
  readonly note: Note;
}

/** What is in the file twice, maybe in another case, would be done twice. */
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

/** @returns the member, or why there is none. */
function findMember(
  member: FileMember,
  inGroup: string,
  { known, names }: { readonly known: Known; readonly names: Names },
): Member | string {
  if (!('group' in member)) return findUser(member, names.users, known.users.map(toUserName));
  const group =
    knownGroup(member.group, known) ?? names.groups.find((name) => isSameName(name, member.group));
  if (group === undefined) {
    return `there is no group ${member.group}, neither at the UAA nor in this file`;
  }
  return group === inGroup ? 'a group cannot be a member of itself' : { group };
}

/** Without an origin a name means the user in the file, before that at the UAA. */
function findUser(
  { user, origin }: { readonly user: string; readonly origin?: string | undefined },
  inFile: readonly UserName[],
  atUaa: readonly UserName[],
): UserName | string {
  const fits = (one: UserName): boolean =>
    isSameName(one.user, user) && (origin === undefined || isSameName(one.origin, origin));
  const [mine, theirs] = [inFile.filter(fits), atUaa.filter(fits)];
  const [found, ...others] = mine.length > 0 ? mine : theirs;
  const of = origin === undefined ? '' : ` of origin ${origin}`;
  if (found === undefined) {
    return `there is no user ${user}${of}, neither at the UAA nor in this file`;
  }
  if (others.length === 0) return { user: found.user, origin: found.origin };
  const choices = [found, ...others].map((one) => `{user: ${user}, origin: ${one.origin}}`);
  return `user ${user} exists in several origins; write ${choices.sort().join(' or ')}`;
}

function toUserName({ userName, origin }: Known['users'][number]): UserName {
  return { user: userName, origin };
}

import type { AttributeValue } from '../uaa/client-attributes.js';
import { toAccess } from './found.js';
import { findAll, type ReadingDeps } from './lookup.js';
import {
  byText,
  externalKey,
  groupBy,
  isUserName,
  memberKey,
  type Access,
  type AccessGroup,
  type AccessUser,
  type Member,
} from './model.js';

/** The value of an access file, before it becomes YAML or JSON. */
export type FileValue = Readonly<Record<string, unknown>>;

/** The access of a UAA as the value of a file. */
export async function exportAccess(deps: ReadingDeps): Promise<FileValue> {
  return toFileValue(toAccess(await findAll(deps)));
}

/**
 * Sorted by name, without secrets. Groups contain empty lists too, so that `--prune` keeps them
 * empty.
 */
function toFileValue({ groups, users, clients }: Access): FileValue {
  const isUniqueName = uniqueNames(users);
  return {
    groups: named(
      groups,
      ({ name }) => name,
      (group) => toGroup(group, isUniqueName),
    ),
    users: toUsers(users),
    clients: named(
      clients,
      ({ id }) => id,
      ({ attributes }) => sorted(attributes),
    ),
  };
}

function named<T>(
  items: readonly T[],
  name: (item: T) => string,
  to: (item: T) => unknown,
): FileValue {
  return Object.fromEntries([...items].sort(byText(name)).map((item) => [name(item), to(item)]));
}

/** Whether only one user has a name, so that its origin is not needed. */
function uniqueNames(users: readonly AccessUser[]): (name: string) => boolean {
  const byName = groupBy(users, ({ user }) => user.toLowerCase());
  return (name) => byName.get(name.toLowerCase())?.length === 1;
}

function toGroup(
  { description, members = [], external = [] }: AccessGroup,
  isUniqueName: (name: string) => boolean,
): FileValue {
  return {
    ...defined({ description: notBlank(description) }),
    members: [...members].sort(byText(memberKey)).map((member) => toMember(member, isUniqueName)),
    external: [...external].sort(byText(externalKey)).map(({ origin, name }) => ({ origin, name })),
  };
}

function toMember(member: Member, isUniqueName: (name: string) => boolean): unknown {
  if (!isUserName(member)) return { group: member.group };
  const { user, origin } = member;
  return isUniqueName(user) ? user : { user, origin };
}

/** A name that exists in several origins has a list of users. */
function toUsers(users: readonly AccessUser[]): FileValue {
  const byName = groupBy([...users].sort(byText(memberKey)), ({ user }) => user);
  return Object.fromEntries(
    [...byName].map(([name, all]) => {
      const values = all.map(toUser);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

function toUser({
  origin,
  emails = [],
  phones = [],
  givenName,
  familyName,
}: AccessUser): FileValue {
  return defined({
    origin: origin === 'uaa' ? undefined : origin,
    emails: notEmpty(emails),
    phones: notEmpty(phones),
    given_name: notBlank(givenName),
    family_name: notBlank(familyName),
  });
}

function sorted(attributes: Readonly<Record<string, AttributeValue>>): FileValue {
  return Object.fromEntries(Object.entries(attributes).sort(byText(([name]) => name)));
}

function notEmpty(list: readonly string[]): readonly string[] | undefined {
  const full = list.filter((text) => notBlank(text) !== undefined);
  return full.length === 0 ? undefined : full;
}

/** Some identity providers send blank names. */
function notBlank(text: string | undefined): string | undefined {
  return text?.trim() === '' ? undefined : text;
}

function defined(values: FileValue): FileValue {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

import {
  byText,
  externalKey,
  isUserName,
  memberKey,
  type Access,
  type AccessGroup,
  type AccessUser,
  type AttributeValue,
  type Member,
} from './access.js';

type FileValue = Readonly<Record<string, unknown>>;

/**
 * What a UAA has, as a file would say it: names in order, no secrets. Groups name their lists even
 * where they are empty, so that `--prune` keeps them so.
 */
export function toFileValue({ groups, users, clients }: Access): FileValue {
  return {
    groups: named(
      groups,
      ({ name }) => name,
      (group) => toGroup(group, isUnique(users)),
    ),
    users: toUsers(users),
    clients: named(
      clients,
      ({ id }) => id,
      ({ attributes }) => inOrder(attributes),
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

/** Whether a name alone tells which user is meant. */
function isUnique(users: readonly AccessUser[]): (name: string) => boolean {
  const counts = new Map<string, number>();
  for (const { user } of users) {
    const name = user.toLowerCase();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return (name) => counts.get(name.toLowerCase()) === 1;
}

function toGroup(
  { description, members = [], external = [] }: AccessGroup,
  isEnough: (name: string) => boolean,
): FileValue {
  return {
    ...given({ description: words(description) }),
    members: [...members].sort(byText(memberKey)).map((member) => toMember(member, isEnough)),
    external: [...external].sort(byText(externalKey)).map(({ origin, name }) => ({ origin, name })),
  };
}

function toMember(member: Member, isEnough: (name: string) => boolean): unknown {
  if (!isUserName(member)) return { group: member.group };
  const { user, origin } = member;
  return isEnough(user) ? user : { user, origin };
}

/** Names that exist in several origins have a list. */
function toUsers(users: readonly AccessUser[]): FileValue {
  const byName = new Map<string, AccessUser[]>();
  for (const user of [...users].sort(byText(memberKey))) {
    byName.set(user.user, [...(byName.get(user.user) ?? []), user]);
  }
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
  return given({
    origin: origin === 'uaa' ? undefined : origin,
    emails: some(emails),
    phones: some(phones),
    given_name: words(givenName),
    family_name: words(familyName),
  });
}

function inOrder(attributes: Readonly<Record<string, AttributeValue>>): FileValue {
  return Object.fromEntries(Object.entries(attributes).sort(byText(([name]) => name)));
}

function some(list: readonly string[]): readonly string[] | undefined {
  const full = list.filter((text) => words(text) !== undefined);
  return full.length === 0 ? undefined : full;
}

/** Identity providers send names with nothing in them, which say nothing. */
function words(text: string | undefined): string | undefined {
  return text?.trim() === '' ? undefined : text;
}

function given(values: FileValue): FileValue {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

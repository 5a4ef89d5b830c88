import type { GroupName, ListedUser } from '../../api/uaa/directory.js';
import { isSameName } from '../../api/uaa/filters.js';
import { groupBy } from '../../base/group-by.js';
import type { FileInput } from '../../platform/input/input-file.js';
import { createProblems, type Problem, type Report } from '../../platform/input/problems.js';
import {
  checkNames,
  checkNewEntries,
  findNewEntries,
  readSecrets,
  type Secrets,
} from './checks.js';
import { type Change, compareAccess } from './difference.js';
import { readAccessFile, type AccessFile, type FileGroup } from './file.js';
import {
  memberKey,
  userKey,
  type Access,
  type AccessGroup,
  type AccessUser,
  type Member,
  type UserName,
} from './model.js';
import {
  findUnmanagedMembers,
  type Ids,
  readContentForFile,
  type ReadDeps,
  toAccess,
  toIds,
  type UnmanagedMembers,
  withPruneCandidates,
} from './uaa-content.js';

interface PlanDeps extends ReadDeps {
  readonly env: NodeJS.ProcessEnv;
  readonly uaa: string;
}

export interface PlanInput {
  readonly file: FileInput;
  /** Whether to remove entries from the UAA's lists that are not in the file's lists. */
  readonly prune: boolean;
}

/** The changes that make a UAA match a file, and the data needed to apply them. */
export interface Plan {
  readonly path: string;
  readonly uaa: string;
  readonly changes: readonly Change[];
  readonly ids: Ids;
  readonly secrets: Secrets;
  /** Secrets that could not be read. A plan can be shown without them, but not applied. */
  readonly missingSecrets: readonly Problem[];
  readonly unmanaged: Pick<UnmanagedMembers, 'unknown' | 'missing'>;
}

/**
 * Compares a file with a UAA. Sends only read requests.
 * @throws {TpksError} `usage` with every problem in the file, sorted by line
 */
export async function createPlan({ file: input, prune }: PlanInput, deps: PlanDeps): Promise<Plan> {
  const file = await readAccessFile(input);
  const { report, throwIfAny } = createProblems(file);
  const content = await readContentForFile(file, deps);
  const wanted = resolveNames(file, content, report);
  const found = prune ? await withPruneCandidates(file, content, deps) : content;
  const actual = toAccess(found);
  const changes = compareAccess(wanted, actual, { prune });
  const added = findNewEntries(changes, file);
  checkNewEntries(added, report);
  checkNames(changes, file, report);
  throwIfAny();
  const missing = createProblems(file);
  const secrets = readSecrets(added, { path: input.path, env: deps.env, report: missing.report });
  return {
    path: file.path,
    uaa: deps.uaa,
    changes,
    ids: toIds(found),
    secrets,
    missingSecrets: missing.all,
    unmanaged: findUnmanagedMembers(actual, found),
  };
}

/** The names of the users and groups of a UAA. */
export interface KnownNames {
  readonly users: readonly Pick<ListedUser, 'userName' | 'origin'>[];
  readonly groups: readonly Pick<GroupName, 'displayName'>[];
}

/** Uses the UAA's spelling of names, and adds the origin of each member. Reports names that cannot be used. */
export function resolveNames(file: AccessFile, known: KnownNames, report: Report): Access {
  const uaaUsers = known.users.map(toUserName);
  const spellings = new Map(
    known.groups.map(({ displayName }) => [displayName.toLowerCase(), displayName]),
  );
  const findGroupSpelling = (name: string) => spellings.get(name.toLowerCase());
  const users = applyUaaSpelling(file.users, uaaUsers);
  const groupNames = file.groups.map(({ name }) => findGroupSpelling(name) ?? name);
  reportDuplicates(
    [
      ...users.map((user, index) => ({
        name: `user ${user.user}`,
        key: userKey(user),
        entry: file.users[index],
      })),
      ...groupNames.map((name, index) => ({
        name: `group ${name}`,
        key: memberKey({ group: name }),
        entry: file.groups[index],
      })),
    ],
    report,
  );
  const findUser = createUserFinder(users, uaaUsers);
  const groupsInFile = new Map(groupNames.toReversed().map((name) => [name.toLowerCase(), name]));
  const findGroup = (name: string, inGroup: string): FoundMember => {
    const group = findGroupSpelling(name) ?? groupsInFile.get(name.toLowerCase());
    if (group === undefined) {
      return { problem: `group ${name} not found in the UAA or in this file` };
    }
    if (group === inGroup) return { problem: 'a group cannot be a member of itself' };
    return { member: { group } };
  };
  const groups = file.groups.map((group, index): AccessGroup => {
    const { description, external } = group;
    const name = groupNames[index] ?? group.name;
    const members = group.members?.flatMap((member) => {
      const found = 'group' in member ? findGroup(member.group, name) : findUser(member);
      if ('member' in found) return [found.member];
      report(member.valuePath, `group ${group.name}: ${found.problem}`);
      return [];
    });
    return { name, description, members, external };
  });
  return { users, groups, clients: file.clients };
}

type FoundMember = { readonly member: Member } | { readonly problem: string };

function applyUaaSpelling(
  users: readonly AccessUser[],
  uaaUsers: readonly UserName[],
): readonly AccessUser[] {
  const byKey = new Map(uaaUsers.map((user) => [userKey(user), user]));
  return users.map((wanted) => ({ ...wanted, ...byKey.get(userKey(wanted)) }));
}

/** Reports entries that occur more than once in the file. */
function reportDuplicates(
  items: readonly {
    readonly name: string;
    readonly key: string;
    readonly entry: Pick<FileGroup, 'valuePath'> | undefined;
  }[],
  report: Report,
): void {
  const seen = new Set<string>();
  for (const { name, key, entry } of items) {
    if (seen.has(key)) report(entry?.valuePath ?? [], `${name} occurs more than once`);
    seen.add(key);
  }
}

/** @returns a function that finds the user of a member. Without an origin, users in the file come first. */
function createUserFinder(
  fileUsers: readonly UserName[],
  uaaUsers: readonly UserName[],
): (member: { readonly user: string; readonly origin?: string | undefined }) => FoundMember {
  const nameOf = ({ user }: UserName): string => user.toLowerCase();
  const fileUsersByName = groupBy(fileUsers, nameOf);
  const uaaUsersByName = groupBy(uaaUsers, nameOf);
  return ({ user, origin }) => {
    const matching = (users: Map<string, UserName[]>): readonly UserName[] =>
      (users.get(user.toLowerCase()) ?? []).filter(
        (candidate) => origin === undefined || isSameName(candidate.origin, origin),
      );
    const fromFile = matching(fileUsersByName);
    const [found, ...others] = fromFile.length > 0 ? fromFile : matching(uaaUsersByName);
    if (found === undefined) {
      const suffix = origin === undefined ? '' : ` from origin ${origin}`;
      return { problem: `user ${user}${suffix} not found in the UAA or in this file` };
    }
    if (others.length === 0) return { member: { user: found.user, origin: found.origin } };
    const choices = [found, ...others].map((one) => `{user: ${user}, origin: ${one.origin}}`);
    return {
      problem: `user ${user} exists in several origins; write ${choices.sort().join(' or ')}`,
    };
  };
}

function toUserName({ userName, origin }: KnownNames['users'][number]): UserName {
  return { user: userName, origin };
}

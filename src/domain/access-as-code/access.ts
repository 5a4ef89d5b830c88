import { createClients } from '../../api/uaa/clients.js';
import { createDirectory } from '../../api/uaa/directory.js';
import { createGroups } from '../../api/uaa/groups.js';
import { createMappings } from '../../api/uaa/mappings.js';
import { createMembers } from '../../api/uaa/members.js';
import { createMembershipSources } from '../../api/uaa/membership-sources.js';
import { createUsers } from '../../api/uaa/users.js';
import type { Clock } from '../../base/clock.js';
import { compareByText } from '../../base/compare-by-text.js';
import { groupBy } from '../../base/group-by.js';
import type { Asynchronous } from '../../base/lazy.js';
import type { Send } from '../../platform/http/send.js';
import { type ApplyDeps, applyPlan, type Progress } from './apply.js';
import {
  externalGroupKey,
  isUserName,
  memberKey,
  type Access,
  type AccessGroup,
  type AccessUser,
  type Member,
} from './model.js';
import { createPlan, type Plan, type PlanInput } from './plan.js';
import {
  findUnmanagedMembers,
  readAll,
  type ReadDeps,
  toAccess,
  type UnmanagedMembers,
  withoutTrusts,
} from './uaa-content.js';

export type AccessAsCode = ReturnType<typeof createAccessAsCode>;

interface AccessDeps extends Pick<ApplyDeps, 'untilInterrupted'> {
  readonly env: NodeJS.ProcessEnv;
  readonly uaaContext: () => Promise<{ readonly uaa: string }>;
  readonly uaaResource: <T extends Asynchronous<T>>(
    create: (send: Send, uaa: string, clock: Clock) => T,
  ) => T;
}

export function createAccessAsCode({ uaaResource, ...others }: AccessDeps) {
  const deps = {
    ...others,
    directory: uaaResource(createDirectory),
    users: uaaResource(createUsers),
    groups: uaaResource(createGroups),
    members: uaaResource(createMembers),
    mappings: uaaResource(createMappings),
    membershipSources: uaaResource(createMembershipSources),
    clients: uaaResource(createClients),
  };
  return {
    /** @throws {TpksError} `usage` with every problem in the file, sorted by line */
    plan: async (input: PlanInput) => {
      // Report a missing session before problems in the file.
      const { uaa } = await others.uaaContext();
      return createPlan(input, { ...deps, uaa });
    },
    /** @param onInterrupt - called on Ctrl-C with the number of requests in flight. */
    apply: async (plan: Plan, onInterrupt: (inFlight: number) => void): Promise<Progress> =>
      applyPlan(plan, deps, onInterrupt),
    export: async (): Promise<ExportedAccess> => exportAccess(deps),
  };
}

/** The value of an access file, before it becomes YAML or JSON. */
type FileValue = Readonly<Record<string, unknown>>;

export interface ExportedAccess {
  readonly value: FileValue;
  /** Omitted members to warn about. Memberships from mappings are omitted without a warning. */
  readonly unmanaged: UnmanagedMembers;
}

async function exportAccess(deps: ReadDeps): Promise<ExportedAccess> {
  const content = withoutTrusts(await readAll(deps));
  const access = toAccess(content);
  return { value: toFileValue(access), unmanaged: findUnmanagedMembers(access, content) };
}

/** Sorted by name, without secrets. Empty lists of groups are included, so that `--prune` keeps them empty. */
function toFileValue({ groups, users, clients }: Access): FileValue {
  const byName = groupBy(users, ({ user }) => user.toLowerCase());
  // The origin of a member is omitted if the name is unique.
  const isUniqueName = (name: string): boolean => byName.get(name.toLowerCase())?.length === 1;
  return {
    groups: toSortedObject(groups.map((group) => [group.name, toGroup(group, isUniqueName)])),
    users: toUsers(users),
    clients: toSortedObject(
      clients.map(({ id, attributes }) => [id, toSortedObject(Object.entries(attributes))]),
    ),
  };
}

function toSortedObject(entries: readonly (readonly [name: string, value: unknown])[]): FileValue {
  return Object.fromEntries([...entries].sort(compareByText(([name]) => name)));
}

function toGroup(
  { description, members = [], external = [] }: AccessGroup,
  isUniqueName: (name: string) => boolean,
): FileValue {
  return {
    ...omitUndefined({ description: omitBlank(description) }),
    members: [...members]
      .sort(compareByText(memberKey))
      .map((member) => toMember(member, isUniqueName)),
    external: [...external]
      .sort(compareByText(externalGroupKey))
      .map(({ origin, name }) => ({ origin, name })),
  };
}

function toMember(member: Member, isUniqueName: (name: string) => boolean): unknown {
  if (!isUserName(member)) return { group: member.group };
  const { user, origin } = member;
  return isUniqueName(user) ? user : { user, origin };
}

/** The value is a list if users with this name exist in several origins. */
function toUsers(users: readonly AccessUser[]): FileValue {
  const byName = groupBy([...users].sort(compareByText(memberKey)), ({ user }) => user);
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
  return omitUndefined({
    origin: origin === 'uaa' ? undefined : origin,
    emails: omitEmpty(emails),
    phones: omitEmpty(phones),
    given_name: omitBlank(givenName),
    family_name: omitBlank(familyName),
  });
}

function omitEmpty(list: readonly string[]): readonly string[] | undefined {
  const full = list.filter((text) => omitBlank(text) !== undefined);
  return full.length === 0 ? undefined : full;
}

/** Some identity providers send blank names. */
function omitBlank(text: string | undefined): string | undefined {
  return text?.trim() === '' ? undefined : text;
}

function omitUndefined(values: FileValue): FileValue {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

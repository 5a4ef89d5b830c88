import { mapInParallel } from '../../base/in-parallel.js';
import { readAttributes } from '../../api/uaa/client-attributes.js';
import type { Clients } from '../../api/uaa/clients.js';
import type {
  Directory,
  GroupName,
  ListedClient,
  ListedGroup,
  ListedUser,
} from '../../api/uaa/directory.js';
import type { Mapping, Mappings } from '../../api/uaa/mappings.js';
import type {
  Membership,
  MembershipSource,
  MembershipSources,
} from '../../api/uaa/membership-sources.js';
import { isTrustClient, isTrustGroup } from '../../api/uaa/trust-marks.js';
import { isTpksError } from '../../base/errors.js';
import { groupBy } from '../../base/group-by.js';
import type { AccessFile } from './file.js';
import {
  type Access,
  type AccessGroup,
  type AccessUser,
  type ExternalGroup,
  isUserName,
  type Member,
  memberKey,
  type ProviderMember,
} from './model.js';

/** Users, groups and clients as the UAA returned them. */
export interface UaaContent {
  readonly users: readonly ListedUser[];
  readonly groups: readonly ListedGroup[];
  /** Groups that were read only because they are members of other groups. */
  readonly nested: readonly GroupName[];
  /** The mappings of all groups; `undefined` if they were not read. */
  readonly mappings: readonly Mapping[] | undefined;
  readonly clients: readonly ListedClient[];
  readonly sourceOf: (membership: Membership) => MembershipSource;
  /** Members that no longer exist, among those that were looked up. */
  readonly missing: readonly MissingMember[];
  /** Ids of the users of CI trusts, whose memberships are not pruned; `undefined` if they were not read. */
  readonly trustUsers?: ReadonlySet<string>;
}

export interface MissingMember {
  readonly group: string;
  readonly id: string;
}

/** Ids by name. When a plan creates users and groups, their ids are added. */
export interface Ids {
  /** Ids of users and groups, by {@link memberKey}. */
  readonly members: Map<string, string>;
  /** Ids of groups, by name. */
  readonly groups: Map<string, string>;
}

export function toIds(found: UaaContent): Ids {
  return {
    members: new Map([...nameMembers(found)].map(([id, member]) => [memberKey(member), id])),
    groups: new Map(found.groups.map(({ displayName, id }) => [displayName, id])),
  };
}

/** Replaces ids with names. Omits members whose names were not read. */
export function toAccess(found: UaaContent): Access {
  const names = nameMembers(found);
  const mappings = found.mappings && groupBy(found.mappings, ({ groupId }) => groupId);
  return {
    users: found.users.map(toUser),
    groups: found.groups.map((group) => toGroup(group, names, { ...found, mappings })),
    clients: found.clients.map((client) => ({
      id: client.client_id,
      attributes: readAttributes(client),
      isFromTrust: isTrustClient(client),
    })),
  };
}

/** Group members that an access file cannot manage. */
export interface UnmanagedMembers {
  /** Memberships that the UAA may delete at the next login. */
  readonly unmapped: readonly GroupProviderMember[];
  /** Memberships whose source is unknown, because the token lacks the scope idps.read. */
  readonly unknown: readonly GroupProviderMember[];
  readonly missing: readonly MissingMember[];
}

export interface GroupProviderMember extends ProviderMember {
  readonly group: string;
}

export function findUnmanagedMembers(
  { groups }: Access,
  { missing }: Pick<UaaContent, 'missing'>,
): UnmanagedMembers {
  const all = groups.flatMap(({ name: group, providerMembers = [] }) =>
    providerMembers.map((member) => ({ ...member, group })),
  );
  return {
    unmapped: all.filter(({ source }) => source === 'unmapped'),
    unknown: all.filter(({ source }) => source === 'unknown'),
    missing,
  };
}

/** @returns members by id. */
function nameMembers({ users, groups, nested }: UaaContent): ReadonlyMap<string, Member> {
  const names = new Map<string, Member>();
  for (const { id, displayName } of [...groups, ...nested]) names.set(id, { group: displayName });
  for (const { id, userName, origin } of users) names.set(id, { user: userName, origin });
  return names;
}

function toUser({ userName, origin, emails, phoneNumbers, name }: ListedUser): AccessUser {
  return {
    user: userName,
    origin,
    emails: (emails ?? []).map(({ value }) => value),
    phones: (phoneNumbers ?? []).map(({ value }) => value),
    givenName: name?.givenName ?? undefined,
    familyName: name?.familyName ?? undefined,
  };
}

interface GroupContent extends Pick<UaaContent, 'sourceOf' | 'trustUsers'> {
  /** By group id; `undefined` if the mappings were not read. */
  readonly mappings: ReadonlyMap<string, readonly Mapping[]> | undefined;
}

function toGroup(
  { id, displayName, description, members }: ListedGroup,
  names: ReadonlyMap<string, Member>,
  { mappings, sourceOf, trustUsers }: GroupContent,
): AccessGroup {
  const memberships = (members ?? []).flatMap(({ value, type, origin = 'uaa' }) => {
    const member = names.get(value);
    if (member === undefined) return [];
    const isFromTrust = trustUsers?.has(value) === true;
    const source = isFromTrust ? 'provider' : sourceOf({ groupId: id, type, origin });
    return [{ member, origin, source }];
  });
  return {
    name: displayName,
    description: description ?? undefined,
    members: memberships.filter(({ source }) => source === 'added').map(({ member }) => member),
    providerMembers: memberships.flatMap(({ member, origin, source }) =>
      source === 'added' || !isUserName(member) ? [] : [{ member, origin, source }],
    ),
    external: mappings && (mappings.get(id) ?? []).map(toExternalGroup),
  };
}

function toExternalGroup({ origin, externalGroup: name }: Mapping): ExternalGroup {
  return { origin, name };
}

export interface ReadDeps {
  readonly directory: Directory;
  readonly mappings: Mappings;
  readonly clients: Clients;
  readonly membershipSources: MembershipSources;
}

export async function readAll(deps: ReadDeps): Promise<UaaContent> {
  const { directory } = deps;
  const [users, groups, listed, mappings] = await Promise.all([
    directory.listUsers(),
    directory.listGroups(),
    directory.listClients(),
    deps.mappings.listAll(),
  ]);
  const content = {
    users,
    groups,
    mappings,
    clients: await readClientDetails(listed, deps),
    sourceOf: await findSources(groups, mappings, deps),
    nested: [],
    missing: [],
  };
  return withMemberNames(groups, content, deps);
}

export async function readContentForFile(file: AccessFile, deps: ReadDeps): Promise<UaaContent> {
  const { directory } = deps;
  const members = file.groups.flatMap((group) => group.members ?? []);
  const userNames = [
    ...file.users.map(({ user }) => user),
    ...members.flatMap((member) => ('user' in member ? member.user : [])),
  ];
  const groupNames = [
    ...file.groups.map(({ name }) => name),
    ...members.flatMap((member) => ('group' in member ? member.group : [])),
  ];
  const [users, groups, listed] = await Promise.all([
    directory.findUsersByName(userNames),
    directory.findGroupsByName(groupNames),
    directory.findClientsById(file.clients.map(({ id }) => id)),
  ]);
  const incomplete = new Set(
    file.clients
      .filter(({ attributes }) => 'required_user_groups' in attributes)
      .map(({ id }) => id),
  );
  const clients = [
    ...listed.filter(({ client_id: id }) => !incomplete.has(id)),
    ...(await readClientDetails(
      listed.filter(({ client_id: id }) => incomplete.has(id)),
      deps,
    )),
  ];
  const isMapped = file.groups.some(({ external }) => external !== undefined);
  const mappings = isMapped ? await deps.mappings.listAll() : undefined;
  const sourceOf = await findSources(groups, mappings, deps);
  return { users, groups, nested: [], clients, mappings, sourceOf, missing: [] };
}

/** Omits CI trusts, which only `tpks uaa trust` manages. */
export function withoutTrusts({ users, groups, clients, ...others }: UaaContent): UaaContent {
  const trustUsers = findTrustUsers(groups);
  return {
    ...others,
    users: users.filter(({ id }) => !trustUsers.has(id)),
    groups: groups.filter(({ displayName }) => !isTrustGroup(displayName)),
    clients: clients.filter((client) => !isTrustClient(client)),
  };
}

function findTrustUsers(groups: readonly ListedGroup[]): ReadonlySet<string> {
  const named = groups.filter(({ displayName }) => isTrustGroup(displayName));
  return new Set(named.flatMap(({ members }) => (members ?? []).map(({ value }) => value)));
}

/** Adds the names of members that are not in the file, because `--prune` removes them. */
export async function withPruneCandidates(
  file: AccessFile,
  found: UaaContent,
  deps: ReadDeps,
): Promise<UaaContent> {
  const listed = new Set(
    file.groups
      .filter(({ members }) => members !== undefined)
      .map(({ name }) => name.toLowerCase()),
  );
  const groups = found.groups.filter(({ displayName }) => listed.has(displayName.toLowerCase()));
  const trustUsers = findTrustUsers(await deps.directory.listTrustGroups());
  return { ...(await withMemberNames(groups, found, deps)), trustUsers };
}

/** Looks up the names of members that are not known yet. Members that do not exist are added to `missing`. */
async function withMemberNames(
  groups: readonly ListedGroup[],
  found: UaaContent,
  deps: ReadDeps,
): Promise<UaaContent> {
  const known = new Set([...found.users, ...found.groups].map(({ id }) => id));
  const unnamed = groups.flatMap(({ displayName: group, members }) =>
    (members ?? [])
      .filter(({ value }) => !known.has(value))
      .map(({ value: id, type = 'USER' }) => ({ group, id, type })),
  );
  const idsOf = (type: string): string[] =>
    unnamed.filter((member) => member.type === type).map(({ id }) => id);
  const { directory } = deps;
  const [users, nested] = await Promise.all([
    directory.findUsersById(idsOf('USER')),
    directory.findGroupNamesById(idsOf('GROUP')),
  ]);
  for (const { id } of [...users, ...nested]) known.add(id);
  const missing = unnamed.filter(({ id }) => !known.has(id));
  return { ...found, users: [...found.users, ...users], nested, missing };
}

/** @param mappings - all mappings, if they have been read. */
async function findSources(
  groups: readonly ListedGroup[],
  mappings: readonly Mapping[] | undefined,
  { membershipSources }: Pick<ReadDeps, 'membershipSources'>,
): Promise<UaaContent['sourceOf']> {
  const memberships = groups.flatMap(({ id: groupId, members }) =>
    (members ?? []).map(({ type, origin }) => ({ groupId, type, origin })),
  );
  return membershipSources.find(memberships, mappings);
}

/** Reads clients one by one, because lists do not contain `required_user_groups`. Omits deleted ones. */
export async function readClientDetails(
  listed: readonly ListedClient[],
  { clients }: Pick<ReadDeps, 'clients'>,
): Promise<readonly ListedClient[]> {
  const whole = await mapInParallel(listed, async ({ client_id: id }) => {
    try {
      return [await clients.get(id)];
    } catch (error) {
      if (!isTpksError(error) || error.kind !== 'notFound') throw error;
      return [];
    }
  });
  return whole.flat();
}

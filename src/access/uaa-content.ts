import type { GroupName, ListedClient, ListedGroup, ListedUser } from '../uaa/directory.js';
import type { Mapping } from '../uaa/mappings.js';
import type { Membership, MembershipSource } from '../uaa/membership-sources.js';
import { readAttributes } from '../uaa/client-attributes.js';
import {
  groupBy,
  isUserName,
  memberKey,
  type Access,
  type AccessGroup,
  type AccessUser,
  type ExternalGroup,
  type Member,
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
}

export interface MissingMember {
  /** Name of the group. */
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
    groups: found.groups.map((group) =>
      toGroup(group, names, { mappings, sourceOf: found.sourceOf }),
    ),
    clients: found.clients.map((client) => ({
      id: client.client_id,
      attributes: readAttributes(client),
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
  /** Name of the group. */
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

interface GroupContent extends Pick<UaaContent, 'sourceOf'> {
  /** By group id; `undefined` if the mappings were not read. */
  readonly mappings: ReadonlyMap<string, readonly Mapping[]> | undefined;
}

function toGroup(
  { id, displayName, description, members }: ListedGroup,
  names: ReadonlyMap<string, Member>,
  { mappings, sourceOf }: GroupContent,
): AccessGroup {
  const memberships = (members ?? []).flatMap(({ value, type, origin = 'uaa' }) => {
    const member = names.get(value);
    if (member === undefined) return [];
    return [{ member, origin, source: sourceOf({ groupId: id, type, origin }) }];
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

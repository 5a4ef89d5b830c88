import { isTpksError } from '../../../errors.js';
import { mapInParallel } from '../../../in-parallel.js';
import type { Services } from '../../../services.js';
import type { GroupName, ListedClient, ListedGroup, ListedUser } from '../../../uaa/directory.js';
import type { Mapping } from '../../../uaa/mappings.js';
import {
  memberKey,
  type Access,
  type AccessClient,
  type AccessGroup,
  type AccessUser,
  type External,
  type Member,
} from './access.js';
import { toAttributes } from './client-json.js';

/** What a UAA was found to have, as it spells it. */
export interface Found {
  readonly users: readonly ListedUser[];
  readonly groups: readonly ListedGroup[];
  /** Groups that are only members of others. */
  readonly nested: readonly GroupName[];
  /** Of these groups; `undefined` if they were not read. */
  readonly mappings: readonly Mapping[] | undefined;
  readonly clients: readonly ListedClient[];
}

/** Ids behind names, by the keys of `access.ts`; who is made is added. */
export interface Ids {
  /** Of users and groups, by {@link memberKey}. */
  readonly members: Map<string, string>;
  /** Of groups, by name. */
  readonly groups: Map<string, string>;
}

/** Replaces ids with names; a member whose name is unknown is left out. */
export function toAccess(found: Found): Access {
  const names = memberNames(found);
  const external = externalByGroup(found.mappings);
  return {
    users: found.users.map(toUser),
    groups: found.groups.map((group) => toGroup(group, names, external)),
    clients: found.clients.map(toClient),
  };
}

export function toIds(found: Found): Ids {
  return {
    members: new Map([...memberNames(found)].map(([id, member]) => [memberKey(member), id])),
    groups: new Map(found.groups.map(({ displayName, id }) => [displayName, id])),
  };
}

/** All mappings of groups: the UAA cannot be asked for those of some. */
export async function allMappings({
  mappings,
}: Pick<Services, 'mappings'>): Promise<readonly Mapping[]> {
  const all: Mapping[] = [];
  for await (const mapping of (await mappings()).list()) all.push(mapping);
  return all;
}

/**
 * The same clients with all that the UAA knows of them, but for those deleted since the list.
 * @see real-uaa, section 4: a list leaves `required_user_groups` out
 */
export async function wholeClients(
  listed: readonly ListedClient[],
  { clients }: Pick<Services, 'clients'>,
): Promise<readonly ListedClient[]> {
  const { get } = await clients();
  const whole = await mapInParallel(listed, async ({ client_id: id }) => {
    try {
      return [await get(id)];
    } catch (error) {
      if (!isTpksError(error) || error.kind !== 'notFound') throw error;
      return [];
    }
  });
  return whole.flat();
}

/** By id. */
function memberNames({ users, groups, nested }: Found): ReadonlyMap<string, Member> {
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

function toGroup(
  { id, displayName, description, members }: ListedGroup,
  names: ReadonlyMap<string, Member>,
  external: ReadonlyMap<string, readonly External[]> | undefined,
): AccessGroup {
  return {
    name: displayName,
    description: description ?? undefined,
    members: (members ?? []).flatMap(({ value }) => names.get(value) ?? []),
    external: external === undefined ? undefined : (external.get(id) ?? []),
  };
}

/** By id of the group. */
function externalByGroup(
  mappings: readonly Mapping[] | undefined,
): ReadonlyMap<string, readonly External[]> | undefined {
  if (mappings === undefined) return undefined;
  const found = new Map<string, External[]>();
  for (const { groupId, origin, externalGroup } of mappings) {
    const external = { origin, name: externalGroup };
    const others = found.get(groupId);
    if (others === undefined) found.set(groupId, [external]);
    else others.push(external);
  }
  return found;
}

function toClient(client: ListedClient): AccessClient {
  return { id: client.client_id, attributes: toAttributes(client) };
}

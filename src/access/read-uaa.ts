import { isTpksError } from '../errors.js';
import { mapInParallel } from '../in-parallel.js';
import type { Clients } from '../uaa/clients.js';
import type { Directory, ListedClient, ListedGroup } from '../uaa/directory.js';
import type { Mapping, Mappings } from '../uaa/mappings.js';
import type { MembershipSources } from '../uaa/membership-sources.js';
import type { AccessFile } from './file.js';
import type { UaaContent } from './uaa-content.js';

/** Clients for the resources that are read, each created on first use. */
export interface ReadDeps {
  readonly directory: () => Promise<Directory>;
  readonly mappings: () => Promise<Mappings>;
  readonly clients: () => Promise<Clients>;
  readonly membershipSources: () => Promise<MembershipSources>;
}

/** Reads everything that an access file can contain. */
export async function readAll(deps: ReadDeps): Promise<UaaContent> {
  const directory = await deps.directory();
  const [users, groups, listed, mappings] = await Promise.all([
    directory.listUsers(),
    directory.listGroups(),
    directory.listClients(),
    readMappings(deps),
  ]);
  const content = {
    ...{ users, groups, mappings, nested: [], missing: [] },
    clients: await readClientDetails(listed, deps),
    sourceOf: await findSources(groups, mappings, deps),
  };
  return withMemberNames(groups, content, deps);
}

/** Reads only the users, groups and clients that a file names. */
export async function readContentForFile(file: AccessFile, deps: ReadDeps): Promise<UaaContent> {
  const directory = await deps.directory();
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
  const mappings = isMapped ? await readMappings(deps) : undefined;
  const sourceOf = await findSources(groups, mappings, deps);
  return { users, groups, nested: [], clients, mappings, sourceOf, missing: [] };
}

/** Adds the names of members that are not in the file, because `--prune` removes them. */
export function withPruneCandidates(
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
  return withMemberNames(groups, found, deps);
}

/**
 * Looks up the members of these groups whose names are not known yet. Members that are not found are added
 * to `missing`.
 */
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
  const directory = await deps.directory();
  const [users, nested] = await Promise.all([
    directory.findUsersById(idsOf('USER')),
    directory.findGroupNamesById(idsOf('GROUP')),
  ]);
  for (const { id } of [...users, ...nested]) known.add(id);
  const missing = unnamed.filter(({ id }) => !known.has(id));
  return { ...found, users: [...found.users, ...users], nested, missing };
}

/** Reads the mappings of all groups, because the UAA cannot list them for selected groups. */
async function readMappings({ mappings }: Pick<ReadDeps, 'mappings'>): Promise<Mapping[]> {
  const all: Mapping[] = [];
  for await (const mapping of (await mappings()).list()) all.push(mapping);
  return all;
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
  return (await membershipSources()).find(memberships, mappings);
}

/**
 * Reads clients one by one, because lists do not contain `required_user_groups`. Omits clients that
 * were deleted after they were listed.
 */
export async function readClientDetails(
  listed: readonly ListedClient[],
  { clients }: Pick<ReadDeps, 'clients'>,
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

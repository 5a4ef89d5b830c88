import { isTpksError } from '../errors.js';
import { mapInParallel } from '../in-parallel.js';
import type { Clients } from '../uaa/clients.js';
import type { Directory, ListedClient } from '../uaa/directory.js';
import type { Mapping, Mappings } from '../uaa/mappings.js';
import type { AccessFile } from './file.js';
import type { UaaContent } from './uaa-content.js';

/** Clients for the resources that are read, each created on first use. */
export interface ReadDeps {
  readonly directory: () => Promise<Directory>;
  readonly mappings: () => Promise<Mappings>;
  readonly clients: () => Promise<Clients>;
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
  return { users, groups, mappings, nested: [], clients: await readClientDetails(listed, deps) };
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
  return { users, groups, nested: [], clients, mappings };
}

/** Adds the names of members that are not in the file, because `--prune` removes them. */
export async function withUnnamedMembers(
  file: AccessFile,
  found: UaaContent,
  deps: ReadDeps,
): Promise<UaaContent> {
  const known = new Set([...found.users, ...found.groups].map(({ id }) => id));
  const listed = new Set(
    file.groups
      .filter(({ members }) => members !== undefined)
      .map(({ name }) => name.toLowerCase()),
  );
  const unnamed = found.groups
    .filter(({ displayName }) => listed.has(displayName.toLowerCase()))
    .flatMap(({ members }) => members ?? [])
    .filter(({ value }) => !known.has(value));
  const idsOf = (type: string): string[] =>
    unnamed.filter((member) => (member.type ?? 'USER') === type).map(({ value }) => value);
  const directory = await deps.directory();
  const [users, nested] = await Promise.all([
    directory.findUsersById(idsOf('USER')),
    directory.findGroupNamesById(idsOf('GROUP')),
  ]);
  return { ...found, users: [...found.users, ...users], nested };
}

/** Reads the mappings of all groups, because the UAA cannot list them for selected groups. */
async function readMappings({ mappings }: Pick<ReadDeps, 'mappings'>): Promise<Mapping[]> {
  const all: Mapping[] = [];
  for await (const mapping of (await mappings()).list()) all.push(mapping);
  return all;
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

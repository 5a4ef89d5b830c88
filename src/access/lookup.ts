import { isTpksError } from '../errors.js';
import { mapInParallel } from '../in-parallel.js';
import type { Clients } from '../uaa/clients.js';
import type { Directory, ListedClient } from '../uaa/directory.js';
import type { Mapping, Mappings } from '../uaa/mappings.js';
import type { AccessFile } from './file.js';
import type { Found } from './found.js';

/** The parts of the UAA that are read, each created on first use. */
export interface ReadingDeps {
  readonly directory: () => Promise<Directory>;
  readonly mappings: () => Promise<Mappings>;
  readonly clients: () => Promise<Clients>;
}

/** Reads everything that an access file can contain. */
export async function findAll(deps: ReadingDeps): Promise<Found> {
  const directory = await deps.directory();
  const [users, groups, listed, mappings] = await Promise.all([
    directory.listUsers(),
    directory.listGroups(),
    directory.listClients(),
    allMappings(deps),
  ]);
  return { users, groups, mappings, nested: [], clients: await wholeClients(listed, deps) };
}

/** Reads what a file names, and nothing else. */
export async function findNamed(file: AccessFile, deps: ReadingDeps): Promise<Found> {
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
    ...(await wholeClients(
      listed.filter(({ client_id: id }) => incomplete.has(id)),
      deps,
    )),
  ];
  const isMapped = file.groups.some(({ external }) => external !== undefined);
  const mappings = isMapped ? await allMappings(deps) : undefined;
  return { users, groups, nested: [], clients, mappings };
}

/** Adds the names of members that the file does not name, because `--prune` removes them. */
export async function withUnnamedMembers(
  file: AccessFile,
  found: Found,
  deps: ReadingDeps,
): Promise<Found> {
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

/** The UAA cannot list the mappings of only some groups. */
async function allMappings({ mappings }: Pick<ReadingDeps, 'mappings'>): Promise<Mapping[]> {
  const all: Mapping[] = [];
  for await (const mapping of (await mappings()).list()) all.push(mapping);
  return all;
}

/**
 * Reads clients one by one, because a list does not contain `required_user_groups`. Clients deleted
 * since they were listed are left out.
 * @see real-uaa, section 4
 */
export async function wholeClients(
  listed: readonly ListedClient[],
  { clients }: Pick<ReadingDeps, 'clients'>,
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

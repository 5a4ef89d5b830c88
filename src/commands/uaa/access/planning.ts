import type { Services } from '../../../services.js';
import { problemsOf, type Place, type Problem } from '../../../input/input-file.js';
import { externalKey } from './access.js';
import type { AccessFile } from './access-file.js';
import { checkCreations, creationsOf } from './creations.js';
import { difference, type Change } from './difference.js';
import { allMappings, toAccess, toIds, wholeClients, type Found, type Ids } from './found.js';
import { resolve, type Note } from './resolve.js';
import { findSecrets, type Secrets } from './secrets.js';

export type PlanningDeps = Pick<
  Services,
  'terminal' | 'env' | 'uaaContext' | 'directory' | 'mappings' | 'clients' | 'nameChecks'
>;

export interface PlanInput {
  /** Path of the access file. */
  readonly path: string;
  readonly prune: boolean;
}

/** What has to be done so that a UAA is as a file says, and all that it takes to do it. */
export interface Plan {
  readonly path: string;
  readonly uaa: string;
  readonly changes: readonly Change[];
  readonly ids: Ids;
  readonly secrets: Secrets;
  /** Secrets that are not to be had, by line. */
  readonly missing: readonly Problem[];
}

/**
 * Compares a file with a UAA; sends nothing but questions.
 * @throws {TpksError} `usage` with every line of the file that is wrong.
 */
export async function planFor({ path, prune }: PlanInput, deps: PlanningDeps): Promise<Plan> {
  const [{ readAccessFile }, { uaa }] = await Promise.all([
    import('./access-file.js'),
    deps.uaaContext(),
  ]);
  const file = await readAccessFile(path);
  const problems = problemList(file);
  const named = await findNamed(file, deps);
  const wanted = resolve(file, named, problems.note);
  const found = prune ? await withStrangers(file, named, deps) : named;
  const changes = difference(wanted, toAccess(found), { prune });
  const creations = creationsOf(changes, file);
  checkCreations(creations, problems.note);
  await checkNames(changes, { file, note: problems.note }, deps);
  if (problems.all.length > 0) throw problemsOf(path, problems.all);
  const missing = problemList(file);
  const secrets = findSecrets(creations, { path, env: deps.env, note: missing.note });
  return { path, uaa, changes, ids: toIds(found), secrets, missing: missing.all };
}

function problemList({ lineOf }: AccessFile): { readonly all: Problem[]; readonly note: Note } {
  const all: Problem[] = [];
  return { all, note: (place, text) => void all.push({ line: lineOf(place), text }) };
}

/** Looks up the names in the file at the UAA, and nothing else. */
async function findNamed(file: AccessFile, deps: PlanningDeps): Promise<Found> {
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
    directory.usersNamed(userNames),
    directory.groupsNamed(groupNames),
    directory.clientsWithIds(file.clients.map(({ id }) => id)),
  ]);
  const needed = new Set(
    file.clients
      .filter(({ attributes }) => 'required_user_groups' in attributes)
      .map(({ id }) => id),
  );
  const clients = [
    ...listed.filter(({ client_id: id }) => !needed.has(id)),
    ...(await wholeClients(
      listed.filter(({ client_id: id }) => needed.has(id)),
      deps,
    )),
  ];
  const isMapped = file.groups.some(({ external }) => external !== undefined);
  return {
    users,
    groups,
    nested: [],
    clients,
    mappings: isMapped ? await allMappings(deps) : undefined,
  };
}

/** With the names of members that the file does not name: who is to go needs one in the plan. */
async function withStrangers(file: AccessFile, found: Found, deps: PlanningDeps): Promise<Found> {
  const known = new Set([...found.users, ...found.groups].map(({ id }) => id));
  const listed = new Set(
    file.groups
      .filter(({ members }) => members !== undefined)
      .map(({ name }) => name.toLowerCase()),
  );
  const strangers = found.groups
    .filter(({ displayName }) => listed.has(displayName.toLowerCase()))
    .flatMap(({ members }) => members ?? [])
    .filter(({ value }) => !known.has(value));
  const idsOf = (type: string): string[] =>
    strangers.filter((member) => (member.type ?? 'USER') === type).map(({ value }) => value);
  const directory = await deps.directory();
  const [users, nested] = await Promise.all([
    directory.usersWithIds(idsOf('USER')),
    directory.groupNamesWithIds(idsOf('GROUP')),
  ]);
  return { ...found, users: [...found.users, ...users], nested };
}

/** Reports names that the UAA would reject during apply, or accept and never find again. */
async function checkNames(
  changes: readonly Change[],
  { file, note }: { readonly file: AccessFile; readonly note: Note },
  deps: PlanningDeps,
): Promise<void> {
  const checks = await deps.nameChecks();
  const placeOf = mappingPlaces(file);
  for (const change of changes) {
    if (change.kind === 'client' && change.action === 'add') {
      const why = checks.newClient(change.client.id);
      if (why !== undefined) note(['clients', change.client.id], why);
    }
    if (change.kind === 'external') {
      const { origin, name: externalGroup } = change.external;
      const names = { origin, externalGroup };
      const why = change.action === 'add' ? checks.toMap(names) : checks.toUnmap(names);
      if (why !== undefined) note(placeOf(change), why);
    }
  }
}

type MappingChange = Extract<Change, { kind: 'external' }>;

/** @returns the position of a mapping in the file; for one to remove, of the list without it. */
function mappingPlaces({ groups }: AccessFile): (change: MappingChange) => Place {
  const indexed = new Map(
    groups.map(({ name, place, external = [] }) => [
      name.toLowerCase(),
      { place, indexes: new Map(external.map((one, index) => [externalKey(one), index])) },
    ]),
  );
  return ({ group, external }) => {
    const { place = [], indexes } = indexed.get(group.toLowerCase()) ?? {};
    const index = indexes?.get(externalKey(external));
    return [...place, 'external', ...(index === undefined ? [] : [index])];
  };
}

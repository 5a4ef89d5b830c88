import { readAttributes, toList } from '../../api/uaa/client-attributes.js';
import type { Client } from '../../api/uaa/clients.js';
import type { ListedGroup } from '../../api/uaa/directory.js';
import type { Mapping } from '../../api/uaa/mappings.js';
import { createSourceFinder } from '../../api/uaa/membership-sources.js';
import { groupBy } from '../../base/group-by.js';
import { memoize } from '../../base/lazy.js';
import type { ReviewContent } from './content.js';
import type { Permission, PermissionSource } from './report.js';

type PermissionContent = Pick<
  ReviewContent,
  'users' | 'groups' | 'mappings' | 'providers' | 'sampleUser'
>;

/** What each user of a UAA can do. */
export interface Permissions {
  /** The scopes that a token of the user can have, without those of default groups. */
  readonly ofUser: (id: string) => readonly Permission[];
  /** The groups that all users belong to. The UAA stores no memberships of them. */
  readonly defaults: readonly Permission[];
}

/**
 * Finds the scopes of all users, from their groups and the groups that contain these.
 * @see docs/contributing/servers/access.md#permissions
 */
export function findPermissions(content: PermissionContent): Permissions {
  const { groups, sampleUser } = content;
  const findAncestors = createAncestorFinder(groups);
  const findSource = createMembershipReader(content);
  const direct = findDirectMemberships(content);

  const ofUser = memoize(String, (id: string): readonly Permission[] => {
    const found = new Map<string, PermissionSource[]>();
    for (const { group, origin } of direct.get(id) ?? []) {
      const source = findSource(group, origin);
      for (const { scope, path } of findAncestors(group)) {
        const sources = found.get(scope) ?? [];
        sources.push({ ...source, groups: path });
        found.set(scope, sources);
      }
    }
    return sortPermissions([...found].map(([scope, via]) => ({ scope, via })));
  });

  const stored = new Set(sampleUser && ofUser(sampleUser.id).map(({ scope }) => scope));
  const names = new Map(groups.map(({ id, displayName }) => [id, displayName]));
  const defaults = (sampleUser?.groups ?? []).flatMap(({ value, display }): Permission[] => {
    const scope = display ?? names.get(value ?? '');
    if (scope === undefined || stored.has(scope)) return [];
    return [{ scope, via: [{ kind: 'default', groups: [] }] }];
  });
  return { ofUser, defaults };
}

/** The scopes of a client's own tokens; none if it cannot get any. */
export function findClientPermissions(client: Client): readonly Permission[] {
  const { authorized_grant_types: grants = [], authorities = [] } = readAttributes(client);
  if (!toList(grants).includes('client_credentials')) return [];
  return sortPermissions(
    toList(authorities)
      .filter((scope) => scope !== 'uaa.none')
      .map((scope) => ({ scope, via: [{ kind: 'authority', groups: [] }] })),
  );
}

interface DirectMembership {
  readonly group: ListedGroup;
  readonly origin: string | undefined;
}

/** @returns the memberships of each user, by user id. */
function findDirectMemberships({
  users,
  groups,
}: PermissionContent): ReadonlyMap<string, readonly DirectMembership[]> {
  const origins = new Map(users.map(({ id, origin }) => [id, origin]));
  const memberships = groups.flatMap((group) =>
    (group.members ?? [])
      .filter(({ type }) => type !== 'GROUP')
      .map(({ value: user, origin }) => ({
        ...{ user, group },
        // Logins keep memberships of other origins, like those of the origin `uaa`.
        origin: origins.get(user) === origin ? origin : 'uaa',
      })),
  );
  return groupBy(memberships, ({ user }) => user);
}

interface Ancestor {
  readonly scope: string;
  /** The groups from this one down to the group of the user, without this one. */
  readonly path: readonly string[];
}

/** Returns a function that lists a group and all groups that contain it, each with the shortest path. */
function createAncestorFinder(groups: readonly ListedGroup[]) {
  const parents = new Map<string, ListedGroup[]>();
  for (const group of groups) {
    for (const { type, value } of group.members ?? []) {
      if (type === 'GROUP') parents.set(value, [...(parents.get(value) ?? []), group]);
    }
  }
  const known = new Map<string, readonly Ancestor[]>();
  return (group: ListedGroup): readonly Ancestor[] => {
    const existing = known.get(group.id);
    if (existing !== undefined) return existing;
    const found = new Map([[group.id, { group, path: [] as readonly string[] }]]);
    // A map also iterates over entries that are added during the loop.
    for (const { group: child, path } of found.values()) {
      for (const parent of parents.get(child.id) ?? []) {
        if (found.has(parent.id)) continue;
        found.set(parent.id, { group: parent, path: [child.displayName, ...path] });
      }
    }
    const ancestors = [...found.values()].map(({ group: { displayName: scope }, path }) => ({
      scope,
      path,
    }));
    known.set(group.id, ancestors);
    return ancestors;
  };
}

/** Returns a function that describes where a direct membership comes from. */
function createMembershipReader({ mappings, providers }: PermissionContent) {
  const findSource = createSourceFinder(mappings, providers);
  const mapped = groupBy(mappings, createMappingKey);
  return ({ id: groupId }: ListedGroup, origin = 'uaa'): Omit<PermissionSource, 'groups'> => {
    const kind = findSource({ groupId, origin });
    if (kind === 'added') return { kind };
    if (kind !== 'mapping') return { kind, origin };
    const externalGroups = mapped.get(createMappingKey({ groupId, origin })) ?? [];
    return { kind, origin, externalGroups: externalGroups.map((each) => each.externalGroup) };
  };
}

function createMappingKey({ groupId, origin }: Pick<Mapping, 'groupId' | 'origin'>): string {
  return JSON.stringify([groupId, origin]);
}

/** The scopes of administrators, in the order in which the report shows them. */
const adminScopes = ['uaa.admin', 'pks.clusters.', 'clients.', 'scim.', 'zones.', 'uaa.', 'idps.'];

/** Authorities with which a client can give itself any other. */
export const adminAuthorities: readonly string[] = ['uaa.admin', 'clients.admin', 'scim.write'];

/** Scopes that change the access of others, or all clusters. */
export const strongScopes: readonly string[] = [
  ...adminAuthorities,
  'clients.write',
  'clients.secret',
  'idps.write',
  'zones.write',
  'pks.clusters.admin',
];

function sortPermissions(permissions: readonly Permission[]): readonly Permission[] {
  const rank = ({ scope }: Permission): number => {
    const index = adminScopes.findIndex((prefix) => scope.startsWith(prefix));
    return index === -1 ? adminScopes.length : index;
  };
  return [...permissions].sort(
    (one, other) =>
      rank(one) - rank(other) || (one.scope < other.scope ? -1 : one.scope > other.scope ? 1 : 0),
  );
}

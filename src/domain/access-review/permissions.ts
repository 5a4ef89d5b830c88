import { readAttributes, toList } from '../../api/uaa/client-attributes.js';
import type { Client } from '../../api/uaa/clients.js';
import type { ListedGroup } from '../../api/uaa/directory.js';
import type { Mapping } from '../../api/uaa/mappings.js';
import { createSourceFinder } from '../../api/uaa/membership-sources.js';
import { compareByText } from '../../base/compare-by-text.js';
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
  /** Returns the scopes that a token of the user can have, except those from default groups. */
  readonly findForUser: (id: string) => readonly Permission[];
  /** The permissions from default groups. All users belong to these groups without a stored membership. */
  readonly defaults: readonly Permission[];
}

/**
 * Finds the scopes of all users from their direct and nested groups.
 * @see docs/contributing/servers/access.md#permissions
 */
export function findPermissions(content: PermissionContent): Permissions {
  const { groups, sampleUser } = content;
  const findAncestors = createAncestorFinder(groups);
  const describeSource = createSourceDescriber(content);
  const direct = findDirectMemberships(content);

  const findForUser = memoize(String, (id: string): readonly Permission[] => {
    const found = new Map<string, PermissionSource[]>();
    for (const { group, origin } of direct.get(id) ?? []) {
      const source = describeSource(group, origin);
      for (const { scope, path } of findAncestors(group)) {
        const sources = found.get(scope) ?? [];
        sources.push({ ...source, groups: path });
        found.set(scope, sources);
      }
    }
    return sortPermissions([...found].map(([scope, via]) => ({ scope, via })));
  });

  const stored = new Set(sampleUser && findForUser(sampleUser.id).map(({ scope }) => scope));
  const names = new Map(groups.map(({ id, displayName }) => [id, displayName]));
  const defaults = (sampleUser?.groups ?? []).flatMap(({ value, display }): Permission[] => {
    const scope = display ?? names.get(value ?? '');
    if (scope === undefined || stored.has(scope)) return [];
    return [{ scope, via: [{ kind: 'default', groups: [] }] }];
  });
  return { findForUser, defaults };
}

/** Finds the scopes of a client's own tokens. Empty if the client cannot get its own tokens. */
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
        // A login deletes only memberships with the user's origin. Treat others as added by an administrator.
        origin: origins.get(user) === origin ? origin : 'uaa',
      })),
  );
  return groupBy(memberships, ({ user }) => user);
}

interface Ancestor {
  readonly scope: string;
  /** The groups below this one, down to the user's group. */
  readonly path: readonly string[];
}

/** Returns a function that lists a group and all groups that contain it, with the shortest path to each. */
function createAncestorFinder(groups: readonly ListedGroup[]) {
  const nested = groups.flatMap((parent) =>
    (parent.members ?? [])
      .filter(({ type }) => type === 'GROUP')
      .map(({ value: child }) => ({ parent, child })),
  );
  const nestedByChild = groupBy(nested, ({ child }) => child);
  const groupId = ({ id }: ListedGroup): string => id;
  return memoize(groupId, (group): readonly Ancestor[] => {
    const found = new Map([[group.id, { group, path: [] as readonly string[] }]]);
    // The loop also visits entries that are added while it runs.
    for (const { group: child, path } of found.values()) {
      for (const { parent } of nestedByChild.get(child.id) ?? []) {
        if (found.has(parent.id)) continue;
        found.set(parent.id, { group: parent, path: [child.displayName, ...path] });
      }
    }
    return [...found.values()].map(({ group: { displayName: scope }, path }) => ({ scope, path }));
  });
}

/** Returns a function that describes where a direct membership comes from. */
function createSourceDescriber({ mappings, providers }: PermissionContent) {
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

/** Prefixes of administrator scopes, in the order of the report. */
const adminScopes = ['uaa.admin', 'pks.clusters.', 'clients.', 'scim.', 'zones.', 'uaa.', 'idps.'];

/** A client with one of these authorities can give itself all others. */
export const adminAuthorities: readonly string[] = ['uaa.admin', 'clients.admin', 'scim.write'];

/** Scopes that allow changes to other identities' access or to all clusters. */
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
    compareByText((permission) => JSON.stringify([rank(permission), permission.scope])),
  );
}

import * as v from 'valibot';
import type { ResourceType } from '../http/resource/api-client.js';
import type { Send } from '../http/send.js';
import { mapInParallel } from '../in-parallel.js';
import { createUaaApi, idText } from './api.js';
import { equals, filtersForAny, type ListQuery } from './list/list-query.js';
import { collectResources, countResources, longestPage } from './list/list-resources.js';

const scimList = { key: 'id', scope: 'scim.read' };

const users = {
  ...scimList,
  noun: 'user',
  path: ['Users'],
  attributes: ['id', 'userName', 'origin', 'name', 'emails', 'phoneNumbers'],
  schema: v.looseObject({
    id: idText,
    userName: v.string(),
    origin: v.string(),
    name: v.nullish(
      v.looseObject({ givenName: v.nullish(v.string()), familyName: v.nullish(v.string()) }),
    ),
    emails: v.nullish(v.array(v.looseObject({ value: v.string() }))),
    phoneNumbers: v.nullish(v.array(v.looseObject({ value: v.string() }))),
  }),
};

/** A user, without groups and approvals, which the UAA would have to look up separately. */
export type ListedUser = v.InferInput<typeof users.schema>;

const groups = {
  ...scimList,
  noun: 'group',
  path: ['Groups'],
  attributes: ['id', 'displayName', 'description', 'members'],
  hasLargeEntries: true,
  schema: v.looseObject({
    id: idText,
    displayName: v.string(),
    description: v.nullish(v.string()),
    members: v.nullish(v.array(v.looseObject({ value: idText, type: v.optional(v.string()) }))),
  }),
};

/** A group with its members: their ids, and whether each is a `USER` or a `GROUP`. */
export type ListedGroup = v.InferInput<typeof groups.schema>;

const groupNames = {
  ...scimList,
  noun: 'group',
  path: ['Groups'],
  attributes: ['id', 'displayName'],
  schema: v.looseObject({ id: idText, displayName: v.string() }),
};

/** A group without its members. */
export type GroupName = v.InferInput<typeof groupNames.schema>;

const clients = {
  key: 'client_id',
  scope: 'clients.read',
  noun: 'client',
  path: ['oauth', 'clients'],
  schema: v.looseObject({ client_id: v.string() }),
};

/** A client with all fields that the UAA returns. */
export type ListedClient = v.InferInput<typeof clients.schema>;

/**
 * Looks up many resources with few requests: with as many names or ids in one filter as fit into a
 * URL, several requests at a time; or with the whole list, if that takes fewer requests. Needs the
 * scopes `scim.read` and, for clients, `clients.read`. The result omits names that do not exist. It
 * contains all names that differ only in case, if the database distinguishes them.
 */
export interface Directory {
  /** Of every origin. */
  readonly usersNamed: (names: readonly string[]) => Promise<readonly ListedUser[]>;
  readonly usersWithIds: (ids: readonly string[]) => Promise<readonly ListedUser[]>;
  readonly allUsers: () => Promise<readonly ListedUser[]>;
  readonly groupsNamed: (names: readonly string[]) => Promise<readonly ListedGroup[]>;
  readonly groupNamesWithIds: (ids: readonly string[]) => Promise<readonly GroupName[]>;
  readonly allGroups: () => Promise<readonly ListedGroup[]>;
  readonly clientsWithIds: (ids: readonly string[]) => Promise<readonly ListedClient[]>;
  readonly allClients: () => Promise<readonly ListedClient[]>;
}

export function createDirectory(send: Send, uaa: string): Directory {
  const request = ({ path, key, scope, attributes }: List<Listed>, query: ListQuery = {}) => ({
    api: createUaaApi(send, uaa, scope),
    path,
    // Sorted by time, resources created at the same moment could be missed between two pages.
    query: { ...query, attributes, sortBy: key },
  });
  const read = <Schema extends Listed>(list: List<Schema>, query?: ListQuery) =>
    collectResources(list, request(list, query));

  const having = async <Schema extends Listed>(
    list: List<Schema>,
    { attribute, ignoresCase = false }: Lookup,
    values: readonly string[],
  ): Promise<v.InferInput<Schema>[]> => {
    const filters = filtersForAny(values.map((value) => equals(attribute, value)));
    if (filters.length > 1 && list.hasLargeEntries !== true) {
      const total = await countResources({ ...request(list), query: {} });
      if (Math.ceil(total / longestPage) < filters.length) {
        const normalized = (value: unknown): string =>
          ignoresCase ? String(value).toLowerCase() : String(value);
        const wanted = new Set(values.map(normalized));
        return (await read(list)).filter((one) => wanted.has(normalized(one[attribute])));
      }
    }
    const pages = await mapInParallel(filters, (filter) => read(list, { filter }));
    // A resource can match two filters, e.g. by the same name in another case.
    return [...new Map(pages.flat().map((one) => [one[list.key], one])).values()];
  };

  return {
    usersNamed: (names) => having(users, { attribute: 'userName', ignoresCase: true }, names),
    usersWithIds: (ids) => having(users, { attribute: 'id' }, ids),
    allUsers: () => read(users),
    groupsNamed: (names) => having(groups, { attribute: 'displayName', ignoresCase: true }, names),
    groupNamesWithIds: (ids) => having(groupNames, { attribute: 'id' }, ids),
    allGroups: () => read(groups),
    clientsWithIds: (ids) => having(clients, { attribute: 'client_id' }, ids),
    allClients: () => read(clients),
  };
}

/** All lists here contain objects, whose fields are checked by their schema. */
type Listed = v.GenericSchema<Readonly<Record<string, unknown>>>;

interface Lookup {
  readonly attribute: string;
  readonly ignoresCase?: boolean;
}

interface List<Schema extends Listed> extends ResourceType<Schema> {
  readonly path: readonly string[];
  /** A column whose values are unique. */
  readonly key: string;
  /** Needed for reading. */
  readonly scope: string;
  /** `undefined` means all of them. */
  readonly attributes?: readonly string[];
  /** Whether entries can be large; if so, the whole list is never read to find a few of them. */
  readonly hasLargeEntries?: boolean;
}

import * as v from 'valibot';
import type { Send } from '../../platform/http/send.js';
import { segmentSchema, type ResourceType } from '../client/api-client.js';
import { mapInParallel } from '../../base/in-parallel.js';
import { formatEquals, createFilters } from './filters.js';
import {
  type ListQuery,
  countResources,
  listResources,
  maximumPageSize,
} from './list-resources.js';
import { clientColumns, groupColumns, type ListColumns, userColumns } from './query-hints.js';
import { trustGroupFilter } from './trust-marks.js';
import { createUaaApi, memberSchema, timeSchema } from './uaa-api.js';

const users = {
  key: 'id',
  noun: 'user',
  path: ['Users'],
  columns: userColumns,
  attributes: ['id', 'userName', 'origin', 'name', 'emails', 'phoneNumbers'],
  schema: v.looseObject({
    id: segmentSchema,
    userName: v.string(),
    origin: v.string(),
    name: v.nullish(
      v.looseObject({ givenName: v.nullish(v.string()), familyName: v.nullish(v.string()) }),
    ),
    emails: v.nullish(v.array(v.looseObject({ value: v.string() }))),
    phoneNumbers: v.nullish(v.array(v.looseObject({ value: v.string() }))),
  }),
};

/** A user without groups and approvals, which the UAA would have to look up separately. */
export type ListedUser = v.InferInput<typeof users.schema>;

const logins = {
  ...users,
  attributes: ['id', 'userName', 'origin', 'emails', 'active', 'lastLogonTime'],
  schema: v.looseObject({
    ...users.schema.entries,
    active: v.nullish(v.boolean()),
    /** Epoch milliseconds; absent before the first login. */
    lastLogonTime: v.nullish(timeSchema),
  }),
};

/** A user, with the time of the last login. */
export type ListedLogin = v.InferInput<typeof logins.schema>;

const groups = {
  key: 'id',
  noun: 'group',
  path: ['Groups'],
  columns: groupColumns,
  attributes: ['id', 'displayName', 'description', 'members'],
  hasLargeEntries: true,
  schema: v.looseObject({
    id: segmentSchema,
    displayName: v.string(),
    description: v.nullish(v.string()),
    members: v.nullish(v.array(memberSchema)),
  }),
};

/** A group with the id, the type (`USER` or `GROUP`) and the origin of each member. */
export type ListedGroup = v.InferInput<typeof groups.schema>;

const groupNames = {
  key: 'id',
  noun: 'group',
  path: ['Groups'],
  columns: groupColumns,
  attributes: ['id', 'displayName'],
  schema: v.looseObject({ id: segmentSchema, displayName: v.string() }),
};

/** A group without its members. */
export type GroupName = v.InferInput<typeof groupNames.schema>;

const clients = {
  key: 'client_id',
  noun: 'client',
  path: ['oauth', 'clients'],
  columns: clientColumns,
  schema: v.looseObject({ client_id: v.string() }),
};

/** A client with all fields that the UAA returns. */
export type ListedClient = v.InferInput<typeof clients.schema>;

export type Directory = ReturnType<typeof createDirectory>;

/**
 * Looks up many resources with few requests: filters by as many names or ids as fit into a URL, in
 * parallel, or reads the whole list if that takes fewer requests. Requires the scope `scim.read` or, for
 * clients, `clients.read`. Omits names that do not exist. If the database distinguishes names that differ
 * only in case, the result contains all of them.
 */
export function createDirectory(send: Send, uaa: string) {
  const api = createUaaApi(send, uaa);
  const createRequest = (
    { path, columns, key, attributes }: ListType<ObjectSchema>,
    query: ListQuery = {},
  ) => ({
    api,
    path,
    columns,
    // By default, the UAA sorts by creation time, and could skip resources with the same time.
    query: { ...query, attributes, sortBy: key },
  });
  const readList = <Schema extends ObjectSchema>(list: ListType<Schema>, query?: ListQuery) =>
    listResources(list, createRequest(list, query));

  const findMatching = async <Schema extends ObjectSchema>(
    list: ListType<Schema>,
    { attribute, ignoresCase = false }: Lookup,
    values: readonly string[],
  ): Promise<v.InferInput<Schema>[]> => {
    const filters = createFilters(values.map((value) => formatEquals(attribute, value)));
    if (filters.length > 1 && list.hasLargeEntries !== true) {
      const total = await countResources({ ...createRequest(list), query: {} });
      if (Math.ceil(total / maximumPageSize) < filters.length) {
        const normalize = (value: unknown): string =>
          ignoresCase ? String(value).toLowerCase() : String(value);
        const wanted = new Set(values.map(normalize));
        return (await readList(list)).filter((resource) =>
          wanted.has(normalize(resource[attribute])),
        );
      }
    }
    const pages = await mapInParallel(filters, (filter) => readList(list, { filter }));
    // A resource matches two filters if its name was given twice, with different case.
    return [...new Map(pages.flat().map((resource) => [resource[list.key], resource])).values()];
  };

  return {
    findUsersByName: (names: readonly string[]) =>
      findMatching(users, { attribute: 'userName', ignoresCase: true }, names),
    findUsersById: (ids: readonly string[]) => findMatching(users, { attribute: 'id' }, ids),
    listUsers: () => readList(users),
    listLogins: () => readList(logins),
    findLoginsById: (ids: readonly string[]) => findMatching(logins, { attribute: 'id' }, ids),
    findGroupsByName: (names: readonly string[]) =>
      findMatching(groups, { attribute: 'displayName', ignoresCase: true }, names),
    findGroupNamesById: (ids: readonly string[]) =>
      findMatching(groupNames, { attribute: 'id' }, ids),
    listGroups: () => readList(groups),
    /** Lists the groups with the names of CI trusts. */
    listTrustGroups: () => readList(groups, { filter: trustGroupFilter }),
    findClientsById: (ids: readonly string[]) =>
      findMatching(clients, { attribute: 'client_id' }, ids),
    listClients: () => readList(clients),
  };
}

/** The schema of the objects in a list. */
type ObjectSchema = v.GenericSchema<Readonly<Record<string, unknown>>>;

interface Lookup {
  readonly attribute: string;
  readonly ignoresCase?: boolean;
}

interface ListType<Schema extends ObjectSchema> extends ResourceType<Schema> {
  readonly path: readonly string[];
  readonly columns: ListColumns;
  /** A column whose values are unique. */
  readonly key: string;
  /** The attributes to request; `undefined` means all. */
  readonly attributes?: readonly string[];
  /** Whether entries can be large; if so, the whole list is never read to find a few of them. */
  readonly hasLargeEntries?: boolean;
}

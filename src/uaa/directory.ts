import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { mapInParallel } from '../in-parallel.js';
import { withNeededScope } from './needed-scope.js';
import {
  checked,
  countResources,
  equals,
  everyResource,
  idText,
  longestPage,
  type ListQuery,
} from './scim.js';

const userSchema = v.looseObject({
  id: idText,
  userName: v.string(),
  origin: v.string(),
  name: v.nullish(
    v.looseObject({ givenName: v.nullish(v.string()), familyName: v.nullish(v.string()) }),
  ),
  emails: v.nullish(v.array(v.looseObject({ value: v.string() }))),
  phoneNumbers: v.nullish(v.array(v.looseObject({ value: v.string() }))),
});

/** What a user is, without what the UAA would have to look up besides: groups and approvals. */
export type ListedUser = v.InferInput<typeof userSchema>;

const groupSchema = v.looseObject({
  id: idText,
  displayName: v.string(),
  description: v.nullish(v.string()),
  members: v.nullish(v.array(v.looseObject({ value: idText, type: v.optional(v.string()) }))),
});

/** A group with its members: their ids, and whether each is a `USER` or a `GROUP`. */
export type ListedGroup = v.InferInput<typeof groupSchema>;

const clientSchema = v.looseObject({ client_id: v.string() });

/** A client with all fields that the UAA returns. */
export type ListedClient = v.InferInput<typeof clientSchema>;

const groupNameSchema = v.looseObject({ id: idText, displayName: v.string() });

/** A group without its members. */
export type GroupName = v.InferInput<typeof groupNameSchema>;

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

/** The values of one request: together well below the usual 8 KiB of a request's first line. */
const longestFilter = 3000;
/** The UAA takes a filter apart by recursion. */
const mostValues = 50;

/** @param send - signed with a token, and throwing for every status that is not a success. */
export function createDirectory(send: Send, uaa: string): Directory {
  const some = async <Schema extends Listed>(
    resource: Resource<Schema>,
    query: ListQuery = {},
  ): Promise<v.InferInput<Schema>[]> => {
    const { path, key, scope, attributes, schema, what } = resource;
    const reading = withNeededScope(send, scope);
    const found: v.InferInput<Schema>[] = [];
    // Sorted by time, resources created at the same moment could be missed between two pages.
    const inOrder = { ...query, attributes, sortBy: key };
    for await (const one of everyResource(reading, `${uaa}${path}`, inOrder)) {
      found.push(checked(schema, one, what));
    }
    return found;
  };
  const having = async <Schema extends Listed>(
    resource: Resource<Schema>,
    { attribute, ignoresCase = false }: Lookup,
    values: readonly string[],
  ): Promise<v.InferInput<Schema>[]> => {
    const filters = [...filtersFor(attribute, values)];
    const { path, key, scope, hasLargeEntries = false } = resource;
    if (filters.length > 1 && !hasLargeEntries) {
      const total = await countResources(withNeededScope(send, scope), `${uaa}${path}`);
      if (Math.ceil(total / longestPage) < filters.length) {
        const spelled = (value: unknown): string =>
          ignoresCase ? String(value).toLowerCase() : String(value);
        const wanted = new Set(values.map(spelled));
        return (await some(resource)).filter((one) => wanted.has(spelled(one[attribute])));
      }
    }
    const pages = await mapInParallel(filters, (filter) => some(resource, { filter }));
    // A resource can match two filters, e.g. by the same name in another case.
    return [...new Map(pages.flat().map((one) => [one[key], one])).values()];
  };

  return {
    usersNamed: (names) => having(users, { attribute: 'userName', ignoresCase: true }, names),
    usersWithIds: (ids) => having(users, { attribute: 'id' }, ids),
    allUsers: () => some(users),
    groupsNamed: (names) => having(groups, { attribute: 'displayName', ignoresCase: true }, names),
    groupNamesWithIds: (ids) => having(groupNames, { attribute: 'id' }, ids),
    allGroups: () => some(groups),
    clientsWithIds: (ids) => having(clients, { attribute: 'client_id' }, ids),
    allClients: () => some(clients),
  };
}

/** All lists here contain objects, whose fields are checked by their schema. */
type Listed = v.GenericSchema<Readonly<Record<string, unknown>>>;

interface Lookup {
  readonly attribute: string;
  readonly ignoresCase?: boolean;
}

interface Resource<Schema> {
  readonly path: string;
  /** A column whose values are unique. */
  readonly key: string;
  /** Needed for reading. */
  readonly scope: string;
  readonly schema: Schema;
  /** For the error. */
  readonly what: string;
  /** `undefined` means all of them. */
  readonly attributes?: readonly string[];
  /** Whether entries can be large; if so, the whole list is never read to find a few of them. */
  readonly hasLargeEntries?: boolean;
}

const scim = { key: 'id', scope: 'scim.read' };
const users = {
  ...scim,
  path: '/Users',
  attributes: ['id', 'userName', 'origin', 'name', 'emails', 'phoneNumbers'],
  schema: userSchema,
  what: 'a user',
};
const groups = {
  ...scim,
  path: '/Groups',
  attributes: ['id', 'displayName', 'description', 'members'],
  hasLargeEntries: true,
  schema: groupSchema,
  what: 'a group',
};
const groupNames = {
  ...scim,
  path: '/Groups',
  attributes: ['id', 'displayName'],
  schema: groupNameSchema,
  what: 'a group',
};
const clients = {
  path: '/oauth/clients',
  key: 'client_id',
  scope: 'clients.read',
  schema: clientSchema,
  what: 'a client',
};

/** Filters for any of the values, each short enough for one request; no value is asked for twice. */
function* filtersFor(attribute: string, values: readonly string[]): Generator<string> {
  let parts: string[] = [];
  let length = 0;
  for (const part of new Set(values.map((value) => equals(attribute, value)))) {
    const size = encodeURIComponent(part).length;
    if (parts.length > 0 && (parts.length === mostValues || length + size > longestFilter)) {
      yield parts.join(' or ');
      parts = [];
      length = 0;
    }
    parts.push(part);
    length += size;
  }
  if (parts.length > 0) yield parts.join(' or ');
}

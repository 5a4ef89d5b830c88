import * as v from 'valibot';
import { isTpksError, rewordError, TpksError } from '../../base/errors.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Send } from '../../platform/http/send.js';
import { segmentSchema, validateNotEmpty } from '../client/api-client.js';
import { translateError, translateNotFound } from '../client/api-error.js';
import { formatEquals, isSameName } from './filters.js';
import {
  omitFields,
  type ListQuery,
  type Resource,
  listResources,
  maximumPageSize,
} from './list-resources.js';
import { groupColumns } from './query-hints.js';
import { createUaaApi, memberSchema } from './uaa-api.js';

const identityType = {
  noun: 'group',
  key: 'id',
  schema: v.looseObject({ id: segmentSchema, displayName: v.string() }),
};

const groupType = {
  ...identityType,
  schema: v.looseObject({
    ...identityType.schema.entries,
    description: v.optional(v.nullable(v.string())),
    members: v.optional(v.array(memberSchema)),
    meta: v.nullish(v.looseObject({ created: v.nullish(v.string()) })),
  }),
};

const partialType = { ...identityType, schema: v.looseObject({}) };

/**
 * A group, with the UAA's own field names. Its name is the scope that it grants.
 * @see docs/contributing/servers/uaa.md#groups
 */
export type Group = v.InferInput<typeof groupType.schema>;

/** The fields that identify a group. */
export type GroupIdentity = v.InferInput<typeof identityType.schema>;

/** A group by id or by name. */
export type GroupKey = { readonly id: string } | { readonly name: string };

export interface NewGroup {
  readonly displayName: string;
  readonly description?: string | undefined;
}

const identityAttributes = ['id', 'displayName'];

const listCommand = 'tpks uaa groups';

export type Groups = ReturnType<typeof createGroups>;

/** Manages UAA groups. Reading requires the scope `scim.read`, writing `scim.write`. */
export function createGroups(send: Send, uaa: string) {
  const path = ['Groups'];
  const api = createUaaApi(send, uaa);
  const columns = groupColumns;
  const select = (query: ListQuery) => listResources(partialType, { api, path, query, columns });

  const find = async (name: string, attributes?: readonly string[]): Promise<Resource> => {
    const filter = formatEquals('displayName', validateNotEmpty(name, 'group name'));
    const matches: GroupIdentity[] = [];
    for (const resource of await select({ filter, attributes })) {
      const group = api.parse(identityType, resource);
      if (isSameName(group.displayName, name)) matches.push(group);
    }
    return chooseGroup(matches, name);
  };
  const identify = async (name: string): Promise<GroupIdentity> =>
    api.parse(identityType, await find(name, identityAttributes));
  /** The names of the first page, to suggest similar ones. */
  const listNames = async (): Promise<readonly string[]> => {
    const found = await select({ attributes: identityAttributes, limit: maximumPageSize });
    return found.map((group) => api.parse(identityType, group).displayName);
  };
  const findId = async (key: GroupKey): Promise<string> =>
    'id' in key ? key.id : (await identify(key.name)).id;

  return {
    list: (query?: Omit<ListQuery, 'attributes'>) =>
      listResources(groupType, { api, path, query, columns }),
    /** Lists groups with only the given fields, each of which may be missing. */
    select,
    /** @throws {TpksError} `notFound` */
    get: async (name: string) => api.parse(groupType, await find(name)),
    /** Like `get`, but returns only the given fields. */
    getFields: async (name: string, attributes: readonly string[]) => {
      const addedAttributes = identityAttributes.filter((name) => !attributes.includes(name));
      return omitFields(await find(name, [...attributes, ...addedAttributes]), addedAttributes);
    },
    /** Like `get`, but without the members, because there can be many. */
    identify: async (name: string) => {
      try {
        return await identify(name);
      } catch (error) {
        if (!isTpksError(error) || error.unknownName === undefined) throw error;
        throw rewordError(error, { unknownName: { ...error.unknownName, list: listNames } });
      }
    },
    /** Like `identify`, for a group by id or by name. */
    identifyKey: async (key: GroupKey) => {
      if (!('id' in key)) return identify(key.name);
      const group = api.get(identityType, [...path, key.id]);
      return translateNotFound(group, `Group with the id ${key.id}`, listCommand);
    },
    findId,
    /** @throws {TpksError} `conflict` if the name exists. */
    add: async (group: NewGroup) => {
      try {
        return await api.write(groupType, 'POST', path, { body: group });
      } catch (error) {
        const show = `tpks uaa group get ${quoteForShell(group.displayName)}`;
        const hint = `show the group: ${show}\nadd --if-missing to accept the existing group`;
        throw translateError(error, 'conflict', { hint });
      }
    },
    /** Deletes a group with its memberships and mappings. @throws {TpksError} `notFound` */
    remove: async (key: GroupKey) => {
      const id = await findId(key);
      try {
        return await api.write(groupType, 'DELETE', [...path, id]);
      } catch (error) {
        throw translateError(error, 'notFound', { hint: listCommand });
      }
    },
  };
}

/** Finds a group by name. In some databases, the names of two groups can differ only in case. */
function chooseGroup(matches: readonly GroupIdentity[], name: string): GroupIdentity {
  const exact = matches.find(({ displayName }) => displayName === name);
  const [found, ...others] = exact === undefined ? matches : [exact];
  if (found !== undefined && others.length === 0) return found;
  throw new TpksError('notFound', `Group ${name} not found`, {
    hint: listCommand,
    unknownName: { kind: 'groups', name },
  });
}

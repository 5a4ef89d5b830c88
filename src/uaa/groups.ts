import * as v from 'valibot';
import { TpksError } from '../errors.js';
import { validateNotEmpty } from '../http/resource/path-segment.js';
import { translateError } from '../http/resource/translate-error.js';
import type { Send } from '../http/send.js';
import { quoteForShell } from '../shell-quote.js';
import { addressableId, createUaaApi, idText } from './api.js';
import { equals, isSameName, without, type ListQuery, type Resource } from './list/list-query.js';
import { listResources } from './list/list-resources.js';

const identityType = {
  noun: 'group',
  key: 'id',
  schema: v.looseObject({ id: idText, displayName: v.string() }),
};

const groupType = {
  ...identityType,
  schema: v.looseObject({
    ...identityType.schema.entries,
    description: v.optional(v.nullable(v.string())),
    members: v.optional(v.array(v.looseObject({ value: idText }))),
  }),
};

/** Some fields of a group. */
const partialType = { ...identityType, schema: v.looseObject({}) };

/** A group, with the UAA's own field names. Its name is the scope it grants. @see uaa-api, section 8.6 */
export type Group = v.InferInput<typeof groupType.schema>;

/** The fields that identify a group. */
export type GroupIdentity = v.InferInput<typeof identityType.schema>;

/** A group by id or by name. */
export type GroupKey = { readonly id: string } | { readonly name: string };

export interface NewGroup {
  readonly displayName: string;
  readonly description?: string | undefined;
}

/** UAA's groups. Reading needs the scope `scim.read`, writing `scim.write`. */
export interface Groups {
  readonly list: (query?: Omit<ListQuery, 'attributes'>) => AsyncIterable<Group>;
  /** Only some fields, so none is certain to exist. */
  readonly select: (
    query: ListQuery & { readonly attributes: readonly string[] },
  ) => AsyncIterable<Resource>;
  /** @throws {TpksError} `notFound` */
  readonly get: (name: string) => Promise<Group>;
  /** Like `get`, with these fields only. */
  readonly pick: (name: string, attributes: readonly string[]) => Promise<Resource>;
  /** Like `get`, without the members, of which there may be many. */
  readonly identify: (name: string) => Promise<GroupIdentity>;
  /** The id for a key; an id needs no request. @throws {TpksError} `notFound` */
  readonly idOf: (key: GroupKey) => Promise<string>;
  /** @throws {TpksError} `conflict` if the name exists. */
  readonly add: (group: NewGroup) => Promise<Group>;
  /**
   * Deletes a group with its memberships and mappings: no user has the scope after that.
   * @returns the deleted group. @throws {TpksError} `notFound`
   */
  readonly remove: (key: GroupKey) => Promise<Group>;
}

const identityAttributes = ['id', 'displayName'];

const listCommand = 'tpks uaa groups';

export function createGroups(send: Send, uaa: string): Groups {
  const path = ['Groups'];
  const api = createUaaApi(send, uaa, 'scim.read');
  const writing = createUaaApi(send, uaa, 'scim.write');
  const select = (query: ListQuery) => listResources(partialType, { api, path, query });

  const find = async (name: string, attributes?: readonly string[]): Promise<Resource> => {
    const filter = equals('displayName', validateNotEmpty(name, 'group name'));
    const found: GroupIdentity[] = [];
    for await (const resource of select({ filter, attributes })) {
      const group = api.parse(identityType, resource);
      if (isSameName(group.displayName, name)) found.push(group);
    }
    return only(found, name);
  };
  const identify = async (name: string): Promise<GroupIdentity> =>
    api.parse(identityType, await find(name, identityAttributes));
  const idOf = async (key: GroupKey): Promise<string> =>
    'id' in key ? addressableId(key.id, 'Group', listCommand) : (await identify(key.name)).id;

  return {
    list: (query) => listResources(groupType, { api, path, query }),
    select,
    get: async (name) => api.parse(groupType, await find(name)),
    pick: async (name, attributes) => {
      const extra = identityAttributes.filter((name) => !attributes.includes(name));
      return without(await find(name, [...attributes, ...extra]), extra);
    },
    identify,
    idOf,
    add: async (group) => {
      try {
        return await writing.write(groupType, 'POST', path, { body: group });
      } catch (error) {
        const hint = `tpks uaa group get ${quoteForShell(group.displayName)}`;
        throw translateError(error, 'conflict', { hint });
      }
    },
    remove: async (key) => {
      const id = await idOf(key);
      try {
        return await writing.write(groupType, 'DELETE', [...path, id]);
      } catch (error) {
        throw translateError(error, 'notFound', { hint: listCommand });
      }
    },
  };
}

/** Some databases distinguish names that differ only in case: then the exact one is used. */
function only(matches: readonly GroupIdentity[], name: string): GroupIdentity {
  const exact = matches.find(({ displayName }) => displayName === name);
  const [first, ...others] = exact === undefined ? matches : [exact];
  if (first === undefined) {
    throw new TpksError('notFound', `Group ${name} not found`, { hint: listCommand });
  }
  if (others.length === 0) return first;
  throw new TpksError('failed', `Several groups have the name ${name} in different case`, {
    hint: `spell it exactly: ${matches.map(({ displayName }) => displayName).join(' or ')}`,
  });
}

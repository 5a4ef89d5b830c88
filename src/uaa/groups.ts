import * as v from 'valibot';
import { TpksError } from '../errors.js';
import { pathSegment } from '../http/resource/path-segment.js';
import type { Send } from '../http/send.js';
import { shellWord } from '../shell-word.js';
import { withHint } from './hint.js';
import { withNeededScope } from './needed-scope.js';
import { addressable } from './path-segment.js';
import {
  checked,
  equals,
  everyResource,
  isSameName,
  mapped,
  sendJson,
  without,
  type ListQuery,
  type Resource,
  idText,
} from './scim.js';

const identitySchema = v.looseObject({ id: idText, displayName: v.string() });

const groupSchema = v.looseObject({
  ...identitySchema.entries,
  description: v.optional(v.nullable(v.string())),
  members: v.optional(v.array(v.looseObject({ value: idText }))),
});

/** A group, spelled as UAA spells it. Its name is the scope it grants. @see uaa-api, section 8.6 */
export type Group = v.InferInput<typeof groupSchema>;

/** Enough to address a group. */
export type GroupIdentity = v.InferInput<typeof identitySchema>;

/** A group by id or by name. */
export type GroupKey = { readonly id: string } | { readonly name: string };

export interface NewGroup {
  readonly displayName: string;
  readonly description?: string | undefined;
}

/** UAA's groups. Reading needs the scope `scim.read`, adding `scim.write`. */
export interface Groups {
  readonly list: (query?: Omit<ListQuery, 'attributes'>) => AsyncIterable<Group>;
  /** Some fields only, so nothing is sure to be there. */
  readonly select: (
    query: ListQuery & { readonly attributes: readonly string[] },
  ) => AsyncIterable<Resource>;
  /** @throws {TpksError} `notFound` */
  readonly get: (name: string) => Promise<Group>;
  /** Like `get`, with these fields only. */
  readonly pick: (name: string, attributes: readonly string[]) => Promise<Resource>;
  /** Like `get`, without its members, which may be many. */
  readonly identify: (name: string) => Promise<GroupIdentity>;
  /** The id behind a key; what is an id already costs no request. @throws {TpksError} `notFound` */
  readonly idOf: (key: GroupKey) => Promise<string>;
  /** @throws {TpksError} `conflict` when the name exists. */
  readonly add: (group: NewGroup) => Promise<Group>;
  /**
   * Deletes a group with its memberships and mappings; the scope is gone for everybody.
   * @returns the group that is gone. @throws {TpksError} `notFound`
   */
  readonly remove: (key: GroupKey) => Promise<Group>;
}

const identityAttributes = ['id', 'displayName'];

/** @param send - signed with a token, and throwing for every status that is not a success. */
export function createGroups(send: Send, uaa: string): Groups {
  const url = `${uaa}/Groups`;
  const reading = withNeededScope(send, 'scim.read');
  const writing = withNeededScope(send, 'scim.write');
  const select = (query: ListQuery): AsyncIterable<Resource> => everyResource(reading, url, query);
  const find = (name: string, attributes?: readonly string[]): Promise<Resource> =>
    theOne(select({ filter: equals('displayName', name), attributes }), name);
  const identify = async (name: string): Promise<GroupIdentity> =>
    toIdentity(await find(name, identityAttributes));
  const idOf = async (key: GroupKey): Promise<string> =>
    'id' in key ? addressable(key.id, 'Group', 'groups') : (await identify(key.name)).id;

  return {
    list: (query) => mapped(select(query ?? {}), toGroup),
    select,
    get: async (name) => toGroup(await find(name)),
    pick: async (name, attributes) => {
      const extra = identityAttributes.filter((name) => !attributes.includes(name));
      return without(await find(name, [...attributes, ...extra]), extra);
    },
    identify,
    idOf,
    add: async (group) => {
      try {
        return toGroup(await sendJson(writing, 'POST', url, group));
      } catch (error) {
        throw withHint(error, 'conflict', `tpks uaa group get ${shellWord(group.displayName)}`);
      }
    },
    remove: async (key) => {
      const id = await idOf(key);
      try {
        return toGroup(await sendJson(writing, 'DELETE', `${url}/${pathSegment(id, 'group id')}`));
      } catch (error) {
        throw withHint(error, 'notFound', 'tpks uaa groups');
      }
    },
  };
}

/** Some databases tell names apart by case alone: then the exact one is meant. */
async function theOne(found: AsyncIterable<Resource>, name: string): Promise<Resource> {
  const matches: GroupIdentity[] = [];
  for await (const resource of found) {
    const group = toIdentity(resource);
    if (isSameName(group.displayName, name)) matches.push(group);
  }
  const exact = matches.find(({ displayName }) => displayName === name);
  const [first, ...others] = exact === undefined ? matches : [exact];
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) {
    throw new TpksError('failed', `Several groups are called ${name}, but for the case`, {
      hint: `spell it exactly: ${matches.map(({ displayName }) => displayName).join(' or ')}`,
    });
  }
  throw new TpksError('notFound', `Group ${name} not found`, { hint: 'tpks uaa groups' });
}

function toGroup(value: unknown): Group {
  return checked(groupSchema, value, 'a group');
}

function toIdentity(value: unknown): GroupIdentity {
  return checked(identitySchema, value, 'a group');
}

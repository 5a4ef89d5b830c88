import * as v from 'valibot';
import { isTpksError, TpksError } from '../../base/errors.js';
import { mapInParallel } from '../../base/in-parallel.js';
import type { Secret } from '../../base/secret/secret.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Send } from '../../platform/http/send.js';
import { segmentSchema } from '../client/api-client.js';
import { validateNotEmpty } from '../client/path-segment.js';
import { translateError } from '../client/translate-error.js';
import { checkResourceId, createUaaApi } from './api.js';
import {
  createFilters,
  formatEquals,
  isSameName,
  type ListQuery,
  omitFields,
  type Resource,
} from './list/list-query.js';
import { listResources } from './list/list-resources.js';

const identityType = {
  noun: 'user',
  key: 'id',
  schema: v.looseObject({ id: segmentSchema, userName: v.string(), origin: v.string() }),
};

const userType = {
  ...identityType,
  schema: v.looseObject({
    ...identityType.schema.entries,
    emails: v.optional(v.array(v.looseObject({ value: v.string() }))),
    active: v.optional(v.boolean()),
    /** Epoch milliseconds; absent before the first login. */
    lastLogonTime: v.optional(v.nullable(v.number())),
  }),
};

/** Some fields of a user. */
const partialType = { ...identityType, schema: v.looseObject({}) };

/** A user, with the UAA's own field names. @see uaa-api, section 8.1 */
export type User = v.InferInput<typeof userType.schema>;

/** The fields that identify a user. */
export type UserIdentity = v.InferInput<typeof identityType.schema>;

/**
 * Selects a user by id or by name. Without an origin, the name must exist in only one origin.
 */
export type UserKey =
  { readonly id: string } | { readonly name: string; readonly origin?: string | undefined };

export interface NewUser {
  readonly userName: string;
  /** Required for the UAA's own users. Other passwords are stored by the identity provider. */
  readonly password?: Secret | undefined;
  readonly emails: readonly string[];
  readonly phoneNumbers: readonly string[];
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  /** Identity provider; `uaa` by default. */
  readonly origin?: string | undefined;
}

const identityAttributes = ['id', 'userName', 'origin'];

export type Users = ReturnType<typeof createUsers>;

/** Manages UAA users. Reading requires the scope `scim.read`, writing `scim.write`. */
export function createUsers(send: Send, uaa: string) {
  const path = ['Users'];
  const api = createUaaApi(send, uaa);
  const select = (query: ListQuery) => listResources(partialType, { api, path, query });

  const find = async (key: UserKey, attributes?: readonly string[]): Promise<Resource> => {
    const [filter] =
      'id' in key
        ? [formatEquals('id', validateNotEmpty(key.id, 'user id'))]
        : createFilters([formatNameFilter(key.name)], key.origin);
    const found: UserIdentity[] = [];
    for (const resource of await select({ filter, attributes })) {
      const user = api.parse(identityType, resource);
      if ('id' in key ? user.id === key.id : isMatch(user, key)) found.push(user);
    }
    const result = chooseUser(found, key);
    if (isTpksError(result)) throw result;
    return result;
  };
  const findId = async (key: UserKey): Promise<string> =>
    'id' in key
      ? checkResourceId(key.id, 'User', listCommand)
      : api.parse(identityType, await find(key, identityAttributes)).id;

  return {
    list: (query?: Omit<ListQuery, 'attributes'>) => listResources(userType, { api, path, query }),
    /** Lists users with only the given fields, each of which may be missing. */
    select: select,
    /** @throws {TpksError} `notFound`; `failed` if the name exists in several origins. */
    get: async (key: UserKey) => api.parse(userType, await find(key)),
    /** Like `get`, but returns only the given fields. */
    getFields: async (key: UserKey, attributes: readonly string[]) => {
      const addedAttributes = identityAttributes.filter((name) => !attributes.includes(name));
      return omitFields(await find(key, [...attributes, ...addedAttributes]), addedAttributes);
    },
    /**
     * Looks up many names in as few requests as the length of a URL allows.
     * @returns one entry for each name, in the same order: the user, or an error if none or several match.
     */
    identify: async (names: readonly string[], origin?: string) => {
      const pages = await mapInParallel(
        createFilters(names.map(formatNameFilter), origin),
        (filter) =>
          listResources(identityType, {
            api,
            path,
            query: { filter, attributes: identityAttributes },
          }),
      );
      const found = pages.flat();
      return names.map((name) => {
        const matches = found.filter((user) => isMatch(user, { name, origin }));
        return chooseUser(matches, { name, origin });
      });
    },
    /** Finds the id of a user. Sends no request if the key is an id. @throws {TpksError} the same errors as `get` */
    findId: findId,
    /** @throws {TpksError} `conflict` if the name exists; `failed` for an invalid name or password. */
    add: async (user: NewUser) => {
      try {
        return await api.write(userType, 'POST', path, { body: toBody(user) });
      } catch (error) {
        throw translateError(error, 'conflict', { hint: explainExisting(user) });
      }
    },
    /** Deletes a user. @returns the deleted user. @throws {TpksError} the same errors as `get` */
    remove: async (key: UserKey) => {
      const id = await findId(key);
      try {
        return await api.write(userType, 'DELETE', [...path, id]);
      } catch (error) {
        throw translateError(error, 'notFound', { hint: listCommand });
      }
    },
  };
}

const listCommand = 'tpks uaa users';

function formatNameFilter(name: string): string {
  return formatEquals('userName', validateNotEmpty(name, 'username'));
}

/**
 * Whether a user has a name and an origin. The server's filter can return other users too, because some
 * values have a special meaning in it.
 */
function isMatch(user: UserIdentity, key: { name: string; origin?: string | undefined }): boolean {
  return (
    isSameName(user.userName, key.name) &&
    (key.origin === undefined || isSameName(user.origin, key.origin))
  );
}

function chooseUser(matches: readonly UserIdentity[], key: UserKey): UserIdentity | TpksError {
  const [first, ...others] = matches;
  if (first === undefined) return notFoundError(key);
  if (others.length === 0) return first;
  const origins = matches.map(({ origin }) => origin).sort();
  return new TpksError('failed', `User ${first.userName} exists in several origins`, {
    hint: [
      'choose one of:',
      ...origins.map((origin) => `  --origin ${quoteForShell(origin)}`),
    ].join('\n'),
  });
}

function notFoundError(key: UserKey): TpksError {
  const user =
    'id' in key
      ? `User with the id ${key.id}`
      : `User ${key.name}${key.origin === undefined ? '' : ` of origin ${key.origin}`}`;
  return new TpksError('notFound', `${user} not found`, { hint: listCommand });
}

function toBody({ userName, password, origin, givenName, familyName, ...lists }: NewUser): unknown {
  return {
    userName,
    password: password?.reveal(),
    origin,
    name: { givenName, familyName },
    emails: lists.emails.map((value) => ({ value })),
    phoneNumbers: lists.phoneNumbers.map((value) => ({ value })),
  };
}

function explainExisting({ userName, origin = 'uaa' }: NewUser): string {
  const originOption = origin === 'uaa' ? '' : ` --origin ${quoteForShell(origin)}`;
  const update = `tpks uaa user update ${quoteForShell(userName)}${originOption}`;
  return `update the user: ${update}\nadd --if-missing to accept the existing user`;
}

export interface UserIdQuery {
  readonly names: readonly string[];
  readonly ids: readonly string[];
  /** Identity provider; `undefined` means all. */
  readonly origin?: string | undefined;
}

export type UserIds = ReturnType<typeof createUserIds>;

/**
 * Looks up ids of users without access to the rest of their data. Requires the scope `scim.userids`.
 * @see uaa-api, section 8.4
 */
export function createUserIds(send: Send, uaa: string) {
  const api = createUaaApi(send, uaa);
  const path = ['ids', 'Users'];
  // Includes the users of inactive identity providers.
  const parameters = { includeInactive: 'true' };
  return {
    /**
     * @returns the users that exist; a name may exist in several origins.
     * @throws {TpksError} `failed` if the lookup is disabled in the UAA.
     */
    find: async ({ names, ids, origin }: UserIdQuery) => {
      const comparisons = [
        ...names.map((name) => formatEquals('userName', validateNotEmpty(name, 'username'))),
        ...ids.map((id) => formatEquals('id', validateNotEmpty(id, 'user id'))),
      ];
      const isWanted = ({ id, userName }: UserIdentity): boolean =>
        ids.includes(id) || names.some((name) => isSameName(name, userName));
      try {
        const pages = await mapInParallel(createFilters(comparisons, origin), (filter) =>
          listResources(identityType, { api, path, query: { filter }, parameters }),
        );
        const users = pages.flat().filter(isWanted);
        return [...new Map(users.map((user) => [user.id, user])).values()];
      } catch (error) {
        throw translateError(error, 'failed', { hint: disabledHint });
      }
    },
  };
}

/** Explains a disabled lookup, to which the UAA responds only "Illegal operation." */
const disabledHint =
  'if scim.userids_enabled is off in this UAA, use a token with the scope scim.read instead: ' +
  'tpks uaa users \'userName eq "NAME"\'';

import * as v from 'valibot';
import { systemClock, type Clock } from '../../base/clock.js';
import { isTpksError, TpksError } from '../../base/errors.js';
import type { Secret } from '../../base/secret.js';
import { quoteForShell } from '../../base/shell-quote.js';
import type { Send } from '../../platform/http/send.js';
import { segmentSchema, validateNotEmpty } from '../client/api-client.js';
import { translateError } from '../client/api-error.js';
import { mapInParallel } from '../../base/in-parallel.js';
import { createFilters, formatEquals, isSameName } from './filters.js';
import { type ListQuery, omitFields, type Resource, listResources } from './list-resources.js';
import { userColumns } from './query-hints.js';
import { createUaaApi } from './uaa-api.js';

const identityType = {
  noun: 'user',
  key: 'id',
  schema: v.looseObject({ id: segmentSchema, userName: v.string(), origin: v.string() }),
};

const userType = {
  ...identityType,
  schema: v.looseObject({
    ...identityType.schema.entries,
    name: v.nullish(
      v.looseObject({ givenName: v.nullish(v.string()), familyName: v.nullish(v.string()) }),
    ),
    emails: v.optional(v.array(v.looseObject({ value: v.string() }))),
    active: v.optional(v.boolean()),
    verified: v.optional(v.boolean()),
    /** Includes default groups, to which all users belong. */
    groups: v.nullish(
      v.array(
        v.looseObject({
          display: v.nullish(v.string()),
          /** The id of the group. */
          value: v.nullish(v.string()),
          type: v.nullish(v.string()),
        }),
      ),
    ),
    meta: v.nullish(v.looseObject({ created: v.nullish(v.string()) })),
    /** Epoch milliseconds; absent before the first login. */
    lastLogonTime: v.optional(v.nullable(v.number())),
  }),
};

const partialType = { ...identityType, schema: v.looseObject({}) };

/** A user, with the UAA's own field names. @see docs/contributing/servers/uaa.md#users */
export type User = v.InferInput<typeof userType.schema>;

/** The fields that identify a user. */
export type UserIdentity = v.InferInput<typeof identityType.schema>;

/** Selects a user by id or by name. Without an origin, the name must exist in only one origin. */
export type UserKey =
  { readonly id: string } | { readonly name: string; readonly origin?: string | undefined };

export interface NewUser {
  readonly userName: string;
  /** Required for the UAA's own users. Other passwords are stored by the identity provider. */
  readonly password?: Secret | undefined;
  readonly emails: readonly string[];
  readonly phoneNumbers?: readonly string[] | undefined;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  /** Identity provider; `uaa` by default. */
  readonly origin?: string | undefined;
}

/** Selects users by names and ids. */
export interface UserIdQuery {
  readonly names: readonly string[];
  readonly ids: readonly string[];
  readonly origin?: string | undefined;
}

/** The fields of a user that can be removed. */
export const removableFields = ['givenName', 'familyName', 'phoneNumbers', 'externalId'] as const;

export type RemovableField = (typeof removableFields)[number];

export interface UserChange {
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  /** The UAA requires exactly one. */
  readonly emails?: readonly string[] | undefined;
  readonly phoneNumbers?: readonly string[] | undefined;
  readonly active?: boolean | undefined;
  readonly remove?: readonly RemovableField[] | undefined;
}

export interface UpdateResult {
  readonly user: User;
  /** `false` if the user already had these values, so no update was sent. */
  readonly isChanged: boolean;
}

const storedType = {
  noun: 'user',
  key: 'id',
  schema: v.looseObject({
    id: segmentSchema,
    userName: v.string(),
    origin: v.string(),
    meta: v.looseObject({ version: v.number(), lastModified: v.optional(v.string()) }),
    name: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
    emails: v.optional(v.array(v.looseObject({ value: v.string() }))),
    phoneNumbers: v.optional(v.array(v.looseObject({ value: v.string() }))),
    active: v.optional(v.boolean()),
  }),
};

type StoredUser = v.InferInput<typeof storedType.schema>;

const resultType = { noun: 'user', key: 'id', schema: v.looseObject({}) };

const identityAttributes = ['id', 'userName', 'origin'];

export type Users = ReturnType<typeof createUsers>;

/** Manages UAA users. Unless stated otherwise, reading requires the scope `scim.read`, writing `scim.write`. */
export function createUsers(send: Send, uaa: string, clock: Pick<Clock, 'sleep'> = systemClock) {
  const path = ['Users'];
  const api = createUaaApi(send, uaa);
  const columns = userColumns;
  const select = (query: ListQuery) => listResources(partialType, { api, path, query, columns });

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
    'id' in key ? key.id : api.parse(identityType, await find(key, identityAttributes)).id;

  const get = async (key: UserKey): Promise<User> => api.parse(userType, await find(key));
  const getStored = async (key: UserKey): Promise<StoredUser> =>
    api.parse(storedType, await get(key));

  const putPassword = async (id: string, body: object): Promise<unknown> => {
    try {
      return await api.write(resultType, 'PUT', [...path, id, 'password'], { body });
    } catch (error) {
      throw toPasswordError(error, id);
    }
  };

  return {
    list: (query?: Omit<ListQuery, 'attributes'>) =>
      listResources(userType, { api, path, query, columns }),
    /** Lists users with only the given fields, each of which may be missing. */
    select,
    /** @throws {TpksError} `notFound`; `failed` if the name exists in several origins. */
    get,
    /** Like `get`, but returns only the given fields. */
    getFields: async (key: UserKey, attributes: readonly string[]) => {
      const addedAttributes = identityAttributes.filter((name) => !attributes.includes(name));
      return omitFields(await find(key, [...attributes, ...addedAttributes]), addedAttributes);
    },
    /**
     * Looks up many names in as few requests as the length of a URL allows.
     * @returns for each name, in order, the user, or an error if none or several match.
     */
    identify: async (names: readonly string[], origin?: string) => {
      const pages = await mapInParallel(
        createFilters(names.map(formatNameFilter), origin),
        (filter) =>
          listResources(identityType, {
            api,
            path,
            columns,
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
    findId,
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
    /**
     * Changes only the given fields. Starts again if another client changes the user between the read and
     * the write.
     * @throws {TpksError} the same errors as `get`; `failed` for values that the UAA does not accept;
     *   `conflict` if each attempt collides with another client.
     */
    update: async (key: UserKey, change: UserChange): Promise<UpdateResult> => {
      let stored = await getStored(key);
      for (let attempts = 1; ; attempts += 1) {
        const body = applyChange(stored, change);
        if (JSON.stringify(body) === JSON.stringify(stored))
          return { user: stored, isChanged: false };
        const headers = { 'if-match': String(stored.meta.version) };
        try {
          const user = await api.write(storedType, 'PUT', [...path, stored.id], { body, headers });
          return { user, isChanged: true };
        } catch (error) {
          const isConflict = isTpksError(error) && error.kind === 'conflict';
          if (!isConflict || attempts === maximumAttempts) throw error;
          // The delay is random, so that programs that collided do not collide again.
          await clock.sleep(Math.random() * attempts * roundTripMilliseconds);
          // By id, because the user may have been renamed in the meantime.
          stored = await getStored({ id: stored.id });
        }
      }
    },
    /**
     * Unlocks a user after failed logins. Requires the scope `scim.write` or `uaa.account_status.write`.
     * @throws {TpksError} `failed` for a user of an identity provider.
     * @see docs/contributing/servers/uaa.md#passwords-and-locks
     */
    unlock: async (key: UserKey) =>
      api.write(resultType, 'PATCH', [...path, await findId(key), 'status'], {
        body: { locked: false },
      }),
    /**
     * Sets a password without the old one, and revokes all tokens of the user. Requires the scope
     * `password.write`, which `uaa.admin` does not imply. @see docs/contributing/servers/uaa.md#passwords-and-locks
     * @throws {TpksError} `failed` if the policy rejects the password, or if it is the current one.
     */
    setPassword: async (key: UserKey, password: Secret) =>
      putPassword(await findId(key), { password: password.reveal() }),
    /** Changes a user's own password. @throws {TpksError} `failed` if the old password is wrong. */
    changePassword: (userId: string, change: { readonly old: Secret; readonly new: Secret }) =>
      putPassword(userId, { password: change.new.reveal(), oldPassword: change.old.reveal() }),
    /**
     * Finds users, including those of inactive identity providers, and returns only their identity. Requires the scope
     * `scim.userids`.
     * @throws {TpksError} `failed` if the lookup is disabled in the UAA.
     * @see docs/contributing/servers/uaa.md#user-lookup
     */
    findIdentities: async ({ names, ids, origin }: UserIdQuery) => {
      const comparisons = [
        ...names.map(formatNameFilter),
        ...ids.map((id) => formatEquals('id', validateNotEmpty(id, 'user id'))),
      ];
      const isWanted = ({ id, userName }: UserIdentity): boolean =>
        ids.includes(id) || names.some((name) => isSameName(name, userName));
      const list = { api, path: ['ids', 'Users'], parameters: { includeInactive: 'true' } };
      try {
        const pages = await mapInParallel(createFilters(comparisons, origin), (filter) =>
          listResources(identityType, { ...list, query: { filter } }),
        );
        const users = pages.flat().filter(isWanted);
        return [...new Map(users.map((user) => [user.id, user])).values()];
      } catch (error) {
        throw translateError(error, 'failed', { hint: disabledLookupHint });
      }
    },
  };
}

const listCommand = 'tpks uaa users';

function formatNameFilter(name: string): string {
  return formatEquals('userName', validateNotEmpty(name, 'username'));
}

/**
 * Whether a user has a name and an origin. The UAA's filter can return other users, because it treats some
 * values specially.
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
  return new TpksError('notFound', `${user} not found`, {
    hint: listCommand,
    ...('id' in key ? {} : { unknownName: { kind: 'users', name: key.name } }),
  });
}

function toBody(user: NewUser): unknown {
  const { givenName, familyName, password, emails, phoneNumbers = [], ...others } = user;
  return {
    ...others,
    password: password?.reveal(),
    name: { givenName, familyName },
    emails: emails.map((value) => ({ value })),
    phoneNumbers: phoneNumbers.map((value) => ({ value })),
  };
}

function explainExisting({ userName, origin = 'uaa' }: NewUser): string {
  const originOption = origin === 'uaa' ? '' : ` --origin ${quoteForShell(origin)}`;
  const update = `tpks uaa user update ${quoteForShell(userName)}${originOption}`;
  return `update the user: ${update}\nadd --if-missing to accept the existing user`;
}

/** Explains a disabled lookup, to which the UAA responds only "Illegal operation." */
const disabledLookupHint =
  'if scim.userids_enabled is off in this UAA, use a token with the scope scim.read instead: ' +
  'tpks uaa users \'userName eq "NAME"\'';

/** Enough for twenty simultaneous changes. After more conflicts, a program probably keeps changing the user. */
const maximumAttempts = 12;

const roundTripMilliseconds = 50;

/** Returns the whole user with the change applied, because the UAA replaces all fields. */
function applyChange(stored: StoredUser, change: UserChange): Readonly<Record<string, unknown>> {
  const { givenName, familyName, emails, phoneNumbers, active, remove = [] } = change;
  const isKept = ([field]: readonly [string, unknown]): boolean =>
    !remove.some((removed) => removed === field);
  const names = {
    // The UAA fails if `name` is missing.
    ...stored.name,
    ...(givenName === undefined ? {} : { givenName }),
    ...(familyName === undefined ? {} : { familyName }),
  };
  const fullUser: StoredUser = {
    ...stored,
    name: Object.fromEntries(Object.entries(names).filter(isKept)),
    ...(emails === undefined ? {} : { emails: toItems(stored.emails, emails) }),
    ...(phoneNumbers === undefined
      ? {}
      : { phoneNumbers: toItems(stored.phoneNumbers, phoneNumbers) }),
    ...(active === undefined ? {} : { active }),
  };
  return Object.fromEntries(Object.entries(fullUser).filter(isKept));
}

/** Existing items keep the other fields that the UAA stores. */
function toItems<Item extends { readonly value: string }>(
  stored: readonly Item[] | undefined,
  wanted: readonly string[],
): (Item | { value: string })[] {
  return wanted.map((value) => stored?.find((item) => item.value === value) ?? { value });
}

/** Explains a 401, which here means that the user does not exist or that the old password is wrong. */
function toPasswordError(error: unknown, id: string): unknown {
  if (!isTpksError(error) || error.status !== 401) return error;
  if (error.oauthError === 'bad_credentials') {
    return new TpksError('notFound', `User with the id ${id} not found`, {
      hint: 'tpks uaa users',
      cause: error,
      status: 401,
    });
  }
  if (error.oauthError !== 'unauthorized') return error;
  return new TpksError('failed', error.message, {
    hint: 'enter the current password',
    cause: error,
    status: 401,
    oauthError: error.oauthError,
  });
}

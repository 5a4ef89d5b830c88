import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import { pathSegment } from '../http/resource/path-segment.js';
import type { Send } from '../http/send.js';
import { mapInParallel } from '../in-parallel.js';
import type { Secret } from '../secret.js';
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

const identitySchema = v.looseObject({ id: idText, userName: v.string(), origin: v.string() });

const userSchema = v.looseObject({
  ...identitySchema.entries,
  emails: v.optional(v.array(v.looseObject({ value: v.string() }))),
  active: v.optional(v.boolean()),
  /** Epoch milliseconds; absent before the first login. */
  lastLogonTime: v.optional(v.nullable(v.number())),
});

/** A user, spelled as UAA spells it. @see uaa-api, section 8.1 */
export type User = v.InferInput<typeof userSchema>;

/** Enough to address a user. */
export type UserIdentity = v.InferInput<typeof identitySchema>;

/** A user by id, or by a name that exists in one origin, or in the origin given. */
export type UserKey =
  { readonly id: string } | { readonly name: string; readonly origin?: string | undefined };

export interface NewUser {
  readonly userName: string;
  /** Needed for UAA's own users; an identity provider keeps those of the others. */
  readonly password?: Secret | undefined;
  readonly emails: readonly string[];
  readonly phoneNumbers: readonly string[];
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  /** Identity provider; UAA takes `uaa` where there is none. */
  readonly origin?: string | undefined;
}

/** UAA's users. Reading needs the scope `scim.read`, changing `scim.write`. */
export interface Users {
  readonly list: (query?: Omit<ListQuery, 'attributes'>) => AsyncIterable<User>;
  /** Some fields only, so nothing is sure to be there. */
  readonly select: (
    query: ListQuery & { readonly attributes: readonly string[] },
  ) => AsyncIterable<Resource>;
  /**
   * @throws {TpksError} `notFound`; `failed` when the name exists in several origins.
   */
  readonly get: (key: UserKey) => Promise<User>;
  /** Like `get`, with these fields only. */
  readonly pick: (key: UserKey, attributes: readonly string[]) => Promise<Resource>;
  /**
   * Looks up many names in as few requests as the length of a URL allows.
   * @returns one entry a name, in order: the user, or the reason why there is none to go by.
   */
  readonly identify: (
    names: readonly string[],
    origin?: string,
  ) => Promise<readonly (UserIdentity | TpksError)[]>;
  /** The id behind a key; what is an id already costs no request. @throws {TpksError} as `get` */
  readonly idOf: (key: UserKey) => Promise<string>;
  /** @throws {TpksError} `conflict` when the name exists; `failed` for a bad name or password. */
  readonly add: (user: NewUser) => Promise<User>;
  /** @returns the user that is gone. @throws {TpksError} as `get` */
  readonly remove: (key: UserKey) => Promise<User>;
}

/** Names a look-up asks for at once: ten of the longest stay below the usual 8 KiB of a URL. */
const namesPerRequest = 10;

const identityAttributes = ['id', 'userName', 'origin'];

/** @param send - signed with a token, and throwing for every status that is not a success. */
export function createUsers(send: Send, uaa: string): Users {
  const url = `${uaa}/Users`;
  const reading = withNeededScope(send, 'scim.read');
  const writing = withNeededScope(send, 'scim.write');
  const select = (query: ListQuery): AsyncIterable<Resource> => everyResource(reading, url, query);

  const find = (key: UserKey, attributes?: readonly string[]): Promise<Resource> =>
    theOne(select({ filter: filterFor(key), attributes }), key);
  const idOf = async (key: UserKey): Promise<string> =>
    'id' in key
      ? addressable(key.id, 'User', 'users')
      : toIdentity(await find(key, identityAttributes)).id;

  return {
    list: (query) => mapped(select(query ?? {}), toUser),
    select,
    get: async (key) => toUser(await find(key)),
    pick: async (key, attributes) => {
      const extra = identityAttributes.filter((name) => !attributes.includes(name));
      return without(await find(key, [...attributes, ...extra]), extra);
    },
    identify: async (names, origin) => {
      const batches = Array.from({ length: Math.ceil(names.length / namesPerRequest) }, (_, at) =>
        names.slice(at * namesPerRequest, (at + 1) * namesPerRequest),
      );
      const pages = await mapInParallel(batches, async (batch) => {
        const some: UserIdentity[] = [];
        const filter = filterForAny(batch, origin);
        for await (const user of select({ filter, attributes: identityAttributes })) {
          some.push(toIdentity(user));
        }
        return some;
      });
      const found = pages.flat();
      return names.map((name) => {
        const matches = found.filter((user) => isMatch(user, { name, origin }));
        return only(matches, { name, origin });
      });
    },
    idOf,
    add: async (user) => {
      try {
        return toUser(await sendJson(writing, 'POST', url, toBody(user)));
      } catch (error) {
        throw withHint(error, 'conflict', `tpks uaa user get ${shellWord(user.userName)}`);
      }
    },
    remove: async (key) => {
      const id = await idOf(key);
      try {
        return toUser(await sendJson(writing, 'DELETE', `${url}/${pathSegment(id, 'user id')}`));
      } catch (error) {
        throw withHint(error, 'notFound', 'tpks uaa users');
      }
    },
  };
}

async function theOne(found: AsyncIterable<Resource>, key: UserKey): Promise<Resource> {
  const matches: UserIdentity[] = [];
  for await (const resource of found) {
    const user = toIdentity(resource);
    if ('id' in key ? user.id === key.id : isMatch(user, key)) matches.push(user);
  }
  const result = only(matches, key);
  if (isTpksError(result)) throw result;
  return result;
}

/** The server's filter is not trusted alone: some values mean more to it than what they say. */
function isMatch(user: UserIdentity, key: { name: string; origin?: string | undefined }): boolean {
  return (
    isSameName(user.userName, key.name) &&
    (key.origin === undefined || isSameName(user.origin, key.origin))
  );
}

function only(matches: readonly UserIdentity[], key: UserKey): UserIdentity | TpksError {
  const [first, ...others] = matches;
  if (first === undefined) return notFound(key);
  if (others.length === 0) return first;
  const origins = matches.map(({ origin }) => origin).sort();
  return new TpksError('failed', `User ${first.userName} exists in several origins`, {
    hint: ['choose one of:', ...origins.map((o) => `  --origin ${shellWord(o)}`)].join('\n'),
  });
}

function notFound(key: UserKey): TpksError {
  const who =
    'id' in key
      ? `User with the id ${key.id}`
      : `User ${key.name}${key.origin === undefined ? '' : ` of origin ${key.origin}`}`;
  return new TpksError('notFound', `${who} not found`, { hint: 'tpks uaa users' });
}

function filterFor(key: UserKey): string {
  return 'id' in key ? equals('id', key.id) : filterForAny([key.name], key.origin);
}

function filterForAny(names: readonly string[], origin: string | undefined): string {
  const any = names.map((name) => equals('userName', name)).join(' or ');
  return origin === undefined ? any : `(${any}) and ${equals('origin', origin)}`;
}

function toBody({ userName, password, origin, givenName, familyName, ...lists }: NewUser): unknown {
  return {
    userName,
    password: password?.open(),
    origin,
    name: { givenName, familyName },
    emails: lists.emails.map((value) => ({ value })),
    phoneNumbers: lists.phoneNumbers.map((value) => ({ value })),
  };
}

function toUser(value: unknown): User {
  return checked(userSchema, value, 'a user');
}

function toIdentity(value: unknown): UserIdentity {
  return checked(identitySchema, value, 'a user');
}

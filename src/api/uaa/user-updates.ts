import * as v from 'valibot';
import type { Clock } from '../../base/clock.js';
import { isTpksError, rewordError } from '../../base/errors.js';
import type { Send } from '../../platform/http/send.js';
import { segmentSchema } from '../client/api-client.js';
import { createUaaApi } from './api.js';
import { createUsers, type User, type UserKey } from './users.js';

/** The fields of a user that can be removed. */
export const removableFields = ['givenName', 'familyName', 'phoneNumbers', 'externalId'] as const;

export type RemovableField = (typeof removableFields)[number];

/** The fields to change. Absent fields are kept. */
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

export type UserUpdates = ReturnType<typeof createUserUpdates>;

/** Updates users. Requires the scopes `scim.read` and `scim.write`. */
export function createUserUpdates(send: Send, uaa: string, clock: Pick<Clock, 'sleep'>) {
  const users = createUsers(send, uaa);
  const api = createUaaApi(send, uaa);
  return {
    /**
     * Changes only the given fields. Reads the user, and writes the whole changed user with the version
     * that was read. If another client changed the user in between, starts again.
     * @throws {TpksError} `notFound`; `failed` for several origins, or for values that the UAA does not
     *   accept; `conflict` if another client changes the user between each read and write.
     */
    update: async (key: UserKey, change: UserChange) => {
      let currentKey = key;
      const attempt = async (): Promise<UpdateResult> => {
        const stored = api.parse(storedType, await users.get(currentKey));
        // If the user is renamed in the meantime, the next attempt must not find another user.
        currentKey = { id: stored.id };
        const changed = applyChange(stored, change);
        if (JSON.stringify(changed) === JSON.stringify(stored)) {
          return { user: stored, isChanged: false };
        }
        const user = await api.write(storedType, 'PUT', ['Users', stored.id], {
          body: changed,
          headers: { 'if-match': String(stored.meta.version) },
        });
        return { user, isChanged: true };
      };
      return retryConflicts(attempt, clock);
    },
  };
}

/**
 * Enough for twenty simultaneous changes to succeed. More conflicts mean that a program keeps
 * changing the user.
 */
const maximumAttempts = 12;

/** Approximate duration of a read and a write. */
const roundTripMilliseconds = 50;

/**
 * Repeats an attempt to read and write, until it does not conflict with another change.
 * @throws {TpksError} `conflict` after {@link maximumAttempts} attempts; any other error of `attempt`.
 */
async function retryConflicts<T>(
  attempt: () => Promise<T>,
  { sleep }: Pick<Clock, 'sleep'>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTpksError(error) || error.kind !== 'conflict') throw error;
      if (tries === maximumAttempts) {
        const message = 'The user was not updated: another client changed it during each attempt';
        const hint = 'find out which program keeps changing the user, then try again';
        throw rewordError(error, { message, hint });
      }
      // The delay is random, so that programs that collided do not collide again.
      await sleep(Math.random() * tries * roundTripMilliseconds);
    }
  }
}

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

/** Converts values to list items. Existing items keep the other fields that the UAA stores. */
function toItems<Item extends { readonly value: string }>(
  stored: readonly Item[] | undefined,
  wanted: readonly string[],
): (Item | { value: string })[] {
  return wanted.map((value) => stored?.find((item) => item.value === value) ?? { value });
}

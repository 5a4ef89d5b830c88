import * as v from 'valibot';
import type { Clock } from '../clock.js';
import { isTpksError, rewordError } from '../errors.js';
import type { Send } from '../http/send.js';
import { createUaaApi, idText } from './api.js';
import { createUsers, type User, type UserKey } from './users.js';

/** The fields of a user that can be removed. */
export const removableFields = ['givenName', 'familyName', 'phoneNumbers', 'externalId'] as const;

export type RemovableField = (typeof removableFields)[number];

/** The fields to change; absent fields are kept. */
export interface UserChange {
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  /** The UAA requires exactly one. */
  readonly emails?: readonly string[] | undefined;
  readonly phoneNumbers?: readonly string[] | undefined;
  readonly active?: boolean | undefined;
  readonly remove?: readonly RemovableField[] | undefined;
}

export interface Updated {
  readonly user: User;
  /** `false` if the user already has these values: then nothing was sent. */
  readonly isChanged: boolean;
}

/** Changes to users. They need the scopes `scim.read` and `scim.write`. */
export interface UserUpdates {
  /**
   * Changes only the given fields: reads the user, and writes the whole changed user with the version
   * that was read. After a change by another client in between, it starts again.
   * @throws {TpksError} `notFound`; `failed` for several origins, or for values that the UAA does not
   *   accept; `conflict` if another client changes the user between every read and write.
   */
  readonly update: (key: UserKey, change: UserChange) => Promise<Updated>;
}

const storedType = {
  noun: 'user',
  key: 'id',
  schema: v.looseObject({
    id: idText,
    userName: v.string(),
    origin: v.string(),
    meta: v.looseObject({ version: v.number(), lastModified: v.optional(v.string()) }),
    name: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
    emails: v.optional(v.array(v.looseObject({ value: v.string() }))),
    phoneNumbers: v.optional(v.array(v.looseObject({ value: v.string() }))),
    active: v.optional(v.boolean()),
  }),
};

type Stored = v.InferInput<typeof storedType.schema>;

export function createUserUpdates(
  send: Send,
  uaa: string,
  clock: Pick<Clock, 'sleep'>,
): UserUpdates {
  const users = createUsers(send, uaa);
  const api = createUaaApi(send, uaa, 'scim.write');
  return {
    update: async (key, change) => {
      let storedKey = key;
      let seen: Stored | undefined;
      const attempt = async (): Promise<Updated> => {
        const stored = api.parse(storedType, await users.get(storedKey));
        seen = stored;
        // If the user is renamed meanwhile, the next try must not find another one.
        storedKey = { id: stored.id };
        const changed = withChange(stored, change);
        if (JSON.stringify(changed) === JSON.stringify(stored)) {
          return { user: stored, isChanged: false };
        }
        const user = await api.write(storedType, 'PUT', ['Users', stored.id], {
          body: changed,
          headers: { 'if-match': String(stored.meta.version) },
        });
        return { user, isChanged: true };
      };
      return retryConflicts(attempt, clock, () => conflictMessage(seen));
    },
  };
}

/** Twenty simultaneous changes all succeed; more conflicts come from a program that never pauses. */
const mostTries = 12;

/** About as long as a read and a write take. */
const collisionMilliseconds = 50;

/**
 * Reads, changes and writes; if something else wrote in between, starts again from the new state.
 * @throws {TpksError} `conflict` after {@link mostTries}; whatever else `attempt` throws.
 */
async function retryConflicts<T>(
  attempt: () => Promise<T>,
  { sleep }: Pick<Clock, 'sleep'>,
  message: () => string,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTpksError(error) || error.kind !== 'conflict') throw error;
      if (tries === mostTries) {
        const hint = 'find out which program changes the user all the time, then try again';
        throw rewordError(error, { message: message(), hint });
      }
      // At random, so that programs that collided do not collide again.
      await sleep(Math.random() * tries * collisionMilliseconds);
    }
  }
}

/** The whole user with the change, because the UAA replaces all fields. */
function withChange(stored: Stored, change: UserChange): Readonly<Record<string, unknown>> {
  const { givenName, familyName, emails, phoneNumbers, active, remove = [] } = change;
  const isKept = ([field]: readonly [string, unknown]): boolean =>
    !remove.some((removed) => removed === field);
  const names = {
    // The UAA fails if there is no name at all.
    ...stored.name,
    ...(givenName === undefined ? {} : { givenName }),
    ...(familyName === undefined ? {} : { familyName }),
  };
  const whole: Stored = {
    ...stored,
    name: Object.fromEntries(Object.entries(names).filter(isKept)),
    ...(emails === undefined ? {} : { emails: values(stored.emails, emails) }),
    ...(phoneNumbers === undefined
      ? {}
      : { phoneNumbers: values(stored.phoneNumbers, phoneNumbers) }),
    ...(active === undefined ? {} : { active }),
  };
  return Object.fromEntries(Object.entries(whole).filter(isKept));
}

/** Existing values keep the other fields that the UAA stores with them. */
function values<Item extends { readonly value: string }>(
  stored: readonly Item[] | undefined,
  wanted: readonly string[],
): (Item | { value: string })[] {
  return wanted.map((value) => stored?.find((item) => item.value === value) ?? { value });
}

function conflictMessage(seen: Stored | undefined): string {
  const user = seen === undefined ? 'The user' : `User ${seen.userName}`;
  const time = seen?.meta.lastModified;
  const last = time === undefined ? '' : ` (last seen change: ${time})`;
  return `${user} was changed by another client at each try${last}: this change was not made`;
}

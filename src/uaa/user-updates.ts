import * as v from 'valibot';
import { pathSegment } from '../http/resource/path-segment.js';
import type { Send } from '../http/send.js';
import { withNeededScope } from './needed-scope.js';
import { retryConflicts, type Pause } from './retry-conflicts.js';
import { checked, sendJson, idText } from './scim.js';
import type { User, UserKey, Users } from './users.js';

/** What UAA stores of a user and can do without. */
export const removableFields = ['givenName', 'familyName', 'phoneNumbers', 'externalId'] as const;

export type RemovableField = (typeof removableFields)[number];

/** What is to be different; what is left out stays as it is. */
export interface UserChange {
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  /** UAA wants exactly one. */
  readonly emails?: readonly string[] | undefined;
  readonly phoneNumbers?: readonly string[] | undefined;
  readonly active?: boolean | undefined;
  readonly remove?: readonly RemovableField[] | undefined;
}

export interface Updated {
  readonly user: User;
  /** `false` when it was so already: then nothing was sent. */
  readonly isChanged: boolean;
}

/** Changes to users. They need the scopes `scim.read` and `scim.write`. */
export interface UserUpdates {
  /**
   * Changes what is named and nothing else: the user is read, changed, and written whole under the
   * version that was read. When another change came between, all of that is done again.
   * @throws {TpksError} `notFound`, `failed` for several origins or what UAA does not take;
   *   `conflict` when others were quicker each time.
   */
  readonly update: (key: UserKey, change: UserChange) => Promise<Updated>;
}

const storedSchema = v.looseObject({
  id: idText,
  userName: v.string(),
  origin: v.string(),
  meta: v.looseObject({ version: v.number(), lastModified: v.optional(v.string()) }),
  name: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
  emails: v.optional(v.array(v.looseObject({ value: v.string() }))),
  phoneNumbers: v.optional(v.array(v.looseObject({ value: v.string() }))),
  active: v.optional(v.boolean()),
});

type Stored = v.InferInput<typeof storedSchema>;

export interface UserUpdatesDeps {
  /** Signed with a token, and throwing for every status that is not a success. */
  readonly send: Send;
  readonly uaa: string;
  readonly users: Pick<Users, 'get'>;
  readonly pause: Pause;
}

export function createUserUpdates({ send, uaa, users, pause }: UserUpdatesDeps): UserUpdates {
  const writing = withNeededScope(send, 'scim.write');
  return {
    update: async (key, change) => {
      let at = key;
      let seen: Stored | undefined;
      const attempt = async (): Promise<Updated> => {
        const stored = toStored(await users.get(at));
        seen = stored;
        // Whoever renames the user meanwhile does not lead the next try to another one.
        at = { id: stored.id };
        const wanted = changed(stored, change);
        if (JSON.stringify(wanted) === JSON.stringify(stored)) {
          return { user: stored, isChanged: false };
        }
        const url = `${uaa}/Users/${pathSegment(stored.id, 'user id')}`;
        const answer = await sendJson(writing, 'PUT', url, wanted, stored.meta.version);
        return { user: toStored(answer), isChanged: true };
      };
      return retryConflicts(attempt, { pause, lost: () => lost(seen) });
    },
  };
}

/** The whole user goes back as it came, with what is to be different: UAA replaces all of it. */
function changed(stored: Stored, change: UserChange): Stored {
  const { givenName, familyName, emails, phoneNumbers, active, remove = [] } = change;
  const isKept = ([field]: readonly [string, unknown]): boolean =>
    !remove.some((removed) => removed === field);
  const names = {
    // Without a name at all UAA fails.
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
  return toStored(Object.fromEntries(Object.entries(whole).filter(isKept)));
}

/** Values that are there already keep what else UAA has of them. */
function values<Item extends { readonly value: string }>(
  stored: readonly Item[] | undefined,
  wanted: readonly string[],
): (Item | { value: string })[] {
  return wanted.map((value) => stored?.find((item) => item.value === value) ?? { value });
}

function lost(seen: Stored | undefined): string {
  const who = seen === undefined ? 'The user' : `User ${seen.userName}`;
  const when = seen?.meta.lastModified;
  const last = when === undefined ? '' : ` (the last time seen: ${when})`;
  return `${who} was changed by somebody else at each try${last}: this change was not made`;
}

function toStored(value: unknown): Stored {
  return checked(storedSchema, value, 'a user');
}

import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { withHint } from './hint.js';
import { withNeededScope } from './needed-scope.js';
import { checked, equals, everyResource, isSameName, type Resource, idText } from './scim.js';

const userIdSchema = v.looseObject({ id: idText, userName: v.string(), origin: v.string() });

/** Who has which id, and nothing more about them. */
export type UserId = v.InferInput<typeof userIdSchema>;

export interface UserIdQuery {
  readonly names: readonly string[];
  readonly ids: readonly string[];
  /** Identity provider; all of them where absent. */
  readonly origin?: string | undefined;
}

/** Ids of users for those who may not see more of them. Needs the scope `scim.userids`. */
export interface UserIds {
  /**
   * @returns those that there are; a name may exist in several origins.
   * @throws {TpksError} `failed` where the UAA has this switched off.
   */
  readonly find: (query: UserIdQuery) => Promise<readonly UserId[]>;
}

/** Twenty ids or ten of the longest names stay below the usual 8 KiB of a URL. */
const perRequest = 10;

/**
 * @param send - signed with a token, and throwing for every status that is not a success.
 * @see uaa-api, section 8.4
 */
export function createUserIds(send: Send, uaa: string): UserIds {
  const reading = withNeededScope(send, 'scim.userids');
  // Users of a provider that is switched off have their ids all the same.
  const url = `${uaa}/ids/Users?includeInactive=true`;
  return {
    find: async ({ names, ids, origin }) => {
      const wanted = [
        ...names.map((name) => equals('userName', name)),
        ...ids.map((id) => equals('id', id)),
      ];
      const found = new Map<string, UserId>();
      for (let at = 0; at < wanted.length; at += perRequest) {
        const any = wanted.slice(at, at + perRequest).join(' or ');
        const filter = origin === undefined ? any : `(${any}) and ${equals('origin', origin)}`;
        for await (const user of explained(everyResource(reading, url, { filter }))) {
          const known = checked(userIdSchema, user, 'a user');
          const isWanted =
            ids.includes(known.id) || names.some((name) => isSameName(name, known.userName));
          if (isWanted) found.set(known.id, known);
        }
      }
      return [...found.values()];
    },
  };
}

/** If the lookup is disabled, the UAA only responds "Illegal operation." */
async function* explained(users: AsyncIterable<Resource>): AsyncGenerator<Resource> {
  try {
    yield* users;
  } catch (error) {
    throw withHint(
      error,
      'failed',
      'if this UAA has it switched off (scim.userids_enabled), a token with scim.read does the same: ' +
        'tpks uaa users \'userName eq "NAME"\'',
    );
  }
}

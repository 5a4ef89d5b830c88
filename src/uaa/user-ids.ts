import * as v from 'valibot';
import { validateNotEmpty } from '../http/resource/path-segment.js';
import { translateError } from '../http/resource/translate-error.js';
import type { Send } from '../http/send.js';
import { mapInParallel } from '../in-parallel.js';
import { createUaaApi, idText } from './api.js';
import { equals, filtersForAny, isSameName } from './list/list-query.js';
import { collectResources } from './list/list-resources.js';

const userIdType = {
  noun: 'user',
  schema: v.looseObject({ id: idText, userName: v.string(), origin: v.string() }),
};

/** The id of a user, with nothing else about the user. */
export type UserId = v.InferInput<typeof userIdType.schema>;

export interface UserIdQuery {
  readonly names: readonly string[];
  readonly ids: readonly string[];
  /** Identity provider; all of them if absent. */
  readonly origin?: string | undefined;
}

/** Looks up ids of users without access to the rest of their data. Needs the scope `scim.userids`. */
export interface UserIds {
  /**
   * @returns the users that exist; a name may exist in several origins.
   * @throws {TpksError} `failed` if the lookup is disabled in the UAA.
   */
  readonly find: (query: UserIdQuery) => Promise<readonly UserId[]>;
}

/** @see uaa-api, section 8.4 */
export function createUserIds(send: Send, uaa: string): UserIds {
  const api = createUaaApi(send, uaa, 'scim.userids');
  const path = ['ids', 'Users'];
  // Users of an inactive identity provider have ids too.
  const parameters = { includeInactive: 'true' };
  return {
    find: async ({ names, ids, origin }) => {
      const comparisons = [
        ...names.map((name) => equals('userName', validateNotEmpty(name, 'user name'))),
        ...ids.map((id) => equals('id', validateNotEmpty(id, 'user id'))),
      ];
      const isWanted = ({ id, userName }: UserId): boolean =>
        ids.includes(id) || names.some((name) => isSameName(name, userName));
      try {
        const pages = await mapInParallel(filtersForAny(comparisons, origin), (filter) =>
          collectResources(userIdType, { api, path, query: { filter }, parameters }),
        );
        const users = pages.flat().filter(isWanted);
        return [...new Map(users.map((user) => [user.id, user])).values()];
      } catch (error) {
        throw translateError(error, 'failed', { hint: ifDisabled });
      }
    },
  };
}

/** If the lookup is disabled, the UAA only responds "Illegal operation." */
const ifDisabled =
  'if this UAA has it switched off (scim.userids_enabled), a token with scim.read does the same: ' +
  'tpks uaa users \'userName eq "NAME"\'';

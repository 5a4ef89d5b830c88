import * as v from 'valibot';
import { segmentSchema } from '../http/resource/api-client.js';
import { validateNotEmpty } from '../http/resource/path-segment.js';
import { translateError } from '../http/resource/translate-error.js';
import type { Send } from '../http/send.js';
import { mapInParallel } from '../in-parallel.js';
import { createUaaApi } from './api.js';
import { formatEquals, createFilters, isSameName } from './list/list-query.js';
import { collectResources } from './list/list-resources.js';

const userIdType = {
  noun: 'user',
  schema: v.looseObject({ id: segmentSchema, userName: v.string(), origin: v.string() }),
};

/** The id, name and origin of a user. */
export type UserId = v.InferInput<typeof userIdType.schema>;

export interface UserIdQuery {
  readonly names: readonly string[];
  readonly ids: readonly string[];
  /** Identity provider; `undefined` means all. */
  readonly origin?: string | undefined;
}

/**
 * Looks up ids of users without access to the rest of their data. Requires the scope `scim.userids`.
 */
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
  // Includes the users of inactive identity providers.
  const parameters = { includeInactive: 'true' };
  return {
    find: async ({ names, ids, origin }) => {
      const comparisons = [
        ...names.map((name) => formatEquals('userName', validateNotEmpty(name, 'username'))),
        ...ids.map((id) => formatEquals('id', validateNotEmpty(id, 'user id'))),
      ];
      const isWanted = ({ id, userName }: UserId): boolean =>
        ids.includes(id) || names.some((name) => isSameName(name, userName));
      try {
        const pages = await mapInParallel(createFilters(comparisons, origin), (filter) =>
          collectResources(userIdType, { api, path, query: { filter }, parameters }),
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

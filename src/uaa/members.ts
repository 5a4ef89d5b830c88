import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { createUaaApi, idText } from './api.js';

const memberType = { noun: 'member', key: 'id', schema: v.looseObject({ value: idText }) };

/** A membership, with the UAA's own field names; `value` is the member's id. */
export type Member = v.InferInput<typeof memberType.schema>;

const listedType = {
  ...memberType,
  schema: v.looseObject({
    ...memberType.schema.entries,
    /** `USER`, or `GROUP` for a group whose members are in this one too. */
    type: v.string(),
    origin: v.optional(v.string()),
    /** Absent if the member itself does not exist any more. */
    entity: v.optional(
      v.nullable(
        v.looseObject({ userName: v.optional(v.string()), displayName: v.optional(v.string()) }),
      ),
    ),
  }),
};

/** A membership with the user or the group. */
export type ListedMember = v.InferInput<typeof listedType.schema>;

export interface NewMember {
  /** Id of the user, or of the group. */
  readonly id: string;
  /** Identity provider of the user, which is stored in the membership. */
  readonly origin: string;
  /** `GROUP`: the members of that group are in this one too. `USER` if absent. */
  readonly type?: 'USER' | 'GROUP' | undefined;
}

/**
 * Members of UAA's groups. Each member is added or removed by a request of its own, so that
 * simultaneous changes do not overwrite each other; a group is never written as a whole.
 * Changes need the scope `scim.write`, the list `scim.read`.
 * @see uaac, section 12: rewriting the whole list loses members
 */
export interface Members {
  /**
   * All members of a group, users and groups. The UAA has no pages for this list.
   * @throws {TpksError} `notFound` if the group does not exist.
   */
  readonly list: (groupId: string) => Promise<readonly ListedMember[]>;
  /**
   * @throws {TpksError} `conflict` if the user is a member already (`member_already_exists`);
   *   `notFound` if the group or the user does not exist.
   */
  readonly add: (groupId: string, member: NewMember) => Promise<Member>;
  /**
   * @throws {TpksError} `notFound` if the user is not a member (`member_not_found`) or the group
   *   does not exist.
   */
  readonly remove: (groupId: string, userId: string) => Promise<Member>;
}

export function createMembers(send: Send, uaa: string): Members {
  const reading = createUaaApi(send, uaa, 'scim.read');
  const writing = createUaaApi(send, uaa, 'scim.write');
  const pathOf = (groupId: string) => ['Groups', groupId, 'members'];
  return {
    list: (groupId) =>
      reading.list(listedType, pathOf(groupId), { query: { returnEntities: 'true' } }),
    add: (groupId, { id, origin, type = 'USER' }) => {
      const body = { origin, type, value: id };
      return writing.write(memberType, 'POST', pathOf(groupId), { body });
    },
    remove: (groupId, userId) => writing.write(memberType, 'DELETE', [...pathOf(groupId), userId]),
  };
}

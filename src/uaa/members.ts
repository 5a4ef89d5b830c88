import * as v from 'valibot';
import { readJson } from '../http/decode.js';
import { pathSegment } from '../http/resource/path-segment.js';
import type { Send } from '../http/send.js';
import { withNeededScope } from './needed-scope.js';
import { checked, sendJson, idText } from './scim.js';

const memberSchema = v.looseObject({ value: idText });

/** A membership, spelled as UAA spells it; `value` is the member's id. */
export type Member = v.InferInput<typeof memberSchema>;

const listedSchema = v.looseObject({
  ...memberSchema.entries,
  /** `USER`, or `GROUP` for a group whose members are in this one too. */
  type: v.string(),
  origin: v.optional(v.string()),
  /** Absent where the member itself is gone. */
  entity: v.optional(
    v.nullable(
      v.looseObject({ userName: v.optional(v.string()), displayName: v.optional(v.string()) }),
    ),
  ),
});

/** A membership with the user or the group that it is about. */
export type ListedMember = v.InferInput<typeof listedSchema>;

export interface NewMember {
  /** Id of the user, or of the group. */
  readonly id: string;
  /** Identity provider of the user; a membership remembers it. */
  readonly origin: string;
  /** `GROUP`: whoever is in that group is in this one too. A user where absent. */
  readonly type?: 'USER' | 'GROUP' | undefined;
}

/**
 * Members of UAA's groups, one at a time: each change is one request that stands alone, so changes
 * made at the same time all last. A group is never written whole for the sake of its members.
 * Changes need the scope `scim.write`, the list `scim.read`.
 * @see uaac, section 12: rewriting the whole list loses members
 */
export interface Members {
  /**
   * All members of a group, users and groups in it; UAA knows no pages here.
   * @throws {TpksError} `notFound` when the group is gone.
   */
  readonly list: (groupId: string) => Promise<readonly ListedMember[]>;
  /**
   * @throws {TpksError} `conflict` when the user is a member already (`member_already_exists`);
   *   `notFound` when the group or the user is gone.
   */
  readonly add: (groupId: string, member: NewMember) => Promise<Member>;
  /**
   * @throws {TpksError} `notFound` when the user is not a member (`member_not_found`) or the group
   *   is gone.
   */
  readonly remove: (groupId: string, userId: string) => Promise<Member>;
}

/** @param send - signed with a token, and throwing for every status that is not a success. */
export function createMembers(send: Send, uaa: string): Members {
  const writing = withNeededScope(send, 'scim.write');
  const reading = withNeededScope(send, 'scim.read');
  const url = (groupId: string): string =>
    `${uaa}/Groups/${pathSegment(groupId, 'group id')}/members`;
  return {
    list: async (groupId) => {
      const headers = { accept: 'application/json' };
      const request = { method: 'GET', url: `${url(groupId)}?returnEntities=true`, headers };
      return checked(v.array(listedSchema), await readJson(await reading(request)), 'members');
    },
    add: async (groupId, { id, origin, type = 'USER' }) =>
      toMember(await sendJson(writing, 'POST', url(groupId), { origin, type, value: id })),
    remove: async (groupId, userId) =>
      toMember(
        await sendJson(writing, 'DELETE', `${url(groupId)}/${pathSegment(userId, 'user id')}`),
      ),
  };
}

function toMember(value: unknown): Member {
  return checked(memberSchema, value, 'a member');
}

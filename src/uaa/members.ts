import * as v from 'valibot';
import type { Send } from '../http/send.js';
import { withNeededScope } from './needed-scope.js';
import { checked, sendJson } from './scim.js';

const memberSchema = v.looseObject({ value: v.string() });

/** A membership, spelled as UAA spells it; `value` is the member's id. */
export type Member = v.InferInput<typeof memberSchema>;

export interface NewMember {
  /** Id of the user. */
  readonly id: string;
  /** Identity provider of the user; a membership remembers it. */
  readonly origin: string;
}

/**
 * Members of UAA's groups, one at a time: each change is one request that stands alone, so changes
 * made at the same time all last. A group is never written whole for the sake of its members.
 * Both need the scope `scim.write`.
 * @see uaac, section 12: rewriting the whole list loses members
 */
export interface Members {
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
  const url = (groupId: string): string => `${uaa}/Groups/${encodeURIComponent(groupId)}/members`;
  return {
    add: async (groupId, { id, origin }) =>
      toMember(await sendJson(writing, 'POST', url(groupId), { origin, type: 'USER', value: id })),
    remove: async (groupId, userId) =>
      toMember(await sendJson(writing, 'DELETE', `${url(groupId)}/${encodeURIComponent(userId)}`)),
  };
}

function toMember(value: unknown): Member {
  return checked(memberSchema, value, 'a member');
}

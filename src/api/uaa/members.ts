import * as v from 'valibot';
import { isTpksError, rewordError, type TpksError } from '../../base/errors.js';
import type { Send } from '../../platform/http/send.js';
import { createDirectory } from './directory.js';
import { createUaaApi, memberSchema } from './uaa-api.js';

const memberType = { noun: 'member', key: 'id', schema: memberSchema };

const listedMemberType = {
  ...memberType,
  schema: v.looseObject({
    ...memberType.schema.entries,
    type: v.string(),
    /** Absent if the user or the group no longer exists. */
    entity: v.optional(
      v.nullable(
        v.looseObject({ userName: v.optional(v.string()), displayName: v.optional(v.string()) }),
      ),
    ),
  }),
};

/** A membership with details of the user or the group. */
export type ListedMember = v.InferInput<typeof listedMemberType.schema>;

export interface NewMember {
  /** Id of the user, or of the group. */
  readonly id: string;
  /** `GROUP` for a nested group, whose members then belong to this group too. Default: `USER`. */
  readonly type?: 'USER' | 'GROUP' | undefined;
}

export interface MemberName {
  readonly id: string;
  /** Name of the user, for messages. */
  readonly name: string;
}

/** Whether the UAA rejected a new member because all users are members of a default group. */
export function isDefaultGroupError({ message }: TpksError): boolean {
  return /default group/i.test(message);
}

export type Members = ReturnType<typeof createMembers>;

/**
 * Manages the members of UAA groups, one per request, so that simultaneous changes do not overwrite each
 * other. Reading requires the scope `scim.read`, writing `scim.write`.
 * @see docs/contributing/servers/uaa.md#groups: rewriting the whole list loses members
 */
export function createMembers(send: Send, uaa: string) {
  const api = createUaaApi(send, uaa);
  const directory = createDirectory(send, uaa);
  const buildPath = (groupId: string) => ['Groups', groupId, 'members'];

  const add = (groupId: string, { id, type = 'USER' }: NewMember) => {
    const body = { origin: 'uaa', type, value: id };
    return api.write(memberType, 'POST', buildPath(groupId), { body });
  };
  const remove = (groupId: string, userId: string) =>
    api.write(memberType, 'DELETE', [...buildPath(groupId), userId]);

  /** Looks up the members one kind at a time: the UAA rejects the usual request if one no longer exists. */
  const listWithMissing = async (groupId: string): Promise<readonly ListedMember[]> => {
    const found = await api.list(listedMemberType, buildPath(groupId));
    const idsOf = (wanted: string) =>
      found.filter(({ type }) => type === wanted).map(({ value }) => value);
    const [users, groups] = await Promise.all([
      directory.findUsersById(idsOf('USER')),
      directory.findGroupNamesById(idsOf('GROUP')),
    ]);
    const entities = new Map([...users, ...groups].map((entity) => [entity.id, entity]));
    return found.map((member) => ({ ...member, entity: entities.get(member.value) }));
  };

  return {
    /**
     * Lists all users and groups in a group. If one no longer exists, the others have only the fields that
     * identify them.
     * @throws {TpksError} `notFound` if the group does not exist.
     */
    list: async (groupId: string) => {
      const query = { returnEntities: 'true' };
      try {
        return await api.list(listedMemberType, buildPath(groupId), { query });
      } catch (error) {
        // The UAA responds with 404 if the group or any of its members does not exist.
        if (!isTpksError(error) || error.kind !== 'notFound') throw error;
        return listWithMissing(groupId);
      }
    },
    /** @throws {TpksError} `notFound` if the user is not a member. */
    get: (groupId: string, userId: string) => api.get(memberType, [...buildPath(groupId), userId]),
    /**
     * Adds a member with the origin `uaa`: the UAA deletes a membership with the user's own origin at the
     * next login.
     * @throws {TpksError} `conflict` if the user is already a member (`member_already_exists`); `notFound`
     */
    add,
    /** @throws {TpksError} `notFound`, including for a user who is not a member (`member_not_found`). */
    remove,
    /**
     * Replaces a membership with one that has the origin `uaa`.
     * @throws {TpksError} even if the user was removed but could not be added again; the message says so.
     */
    repair: async (groupId: string, { id, name }: MemberName) => {
      try {
        await remove(groupId, id);
      } catch (error) {
        // A login may have deleted the membership in the meantime.
        if (!isTpksError(error) || error.oauthError !== 'member_not_found') throw error;
      }
      try {
        await add(groupId, { id });
      } catch (error) {
        if (!isTpksError(error)) throw error;
        // Another process has added the user.
        if (error.oauthError === 'member_already_exists') return;
        const message = `${name} was removed from the group, but not added again: ${error.message}`;
        const nextHint = `run the same command again to add ${name}`;
        throw rewordError(error, { message, nextHint });
      }
    },
  };
}

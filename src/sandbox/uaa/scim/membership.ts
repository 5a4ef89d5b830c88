import type { Member } from '../store/groups.js';
import { invalidScimResourceError, scimNotFoundError, scimError } from './error.js';
import type { State } from '../store/state.js';

/**
 * Adds a user or a group to a group.
 *
 * @throws ErrorResponse 404 if the group or the member does not exist, 409 if the group is a default
 *   group or already has the member, or 400 if a field is empty or the group is added to itself.
 */
export function addMember({ groups, users }: State, groupId: string, member: Member): void {
  const group = groups.get(groupId);
  if (!group) throw scimNotFoundError('Group', groupId);
  const { value, type, origin } = member;
  if (groups.isDefault(group.displayName)) {
    throw memberExistsError('Trying to add member to default group');
  }
  if (value === '' || origin === '') {
    throw invalidScimResourceError('group-id, member-id, origin and member-type must be non-empty');
  }
  if (value === groupId) {
    throw invalidScimResourceError('trying to nest group within itself, aborting');
  }
  if (type === 'USER' && !users.get(value)) throw scimNotFoundError('User', value);
  if (type === 'GROUP' && !groups.get(value)) throw scimNotFoundError('Group', value);
  if (groups.findMember(groupId, value)) {
    throw memberExistsError(`${value} is already part of the group: ${groupId}`);
  }
  groups.addMember(groupId, { value, type, origin });
}

/** @throws ErrorResponse 404 if the group has no such member. */
export function findMember({ groups }: State, groupId: string, memberId: string): Member {
  const member = groups.findMember(groupId, memberId);
  if (member) return member;
  throw scimError(404, 'member_not_found', `Member ${memberId} does not exist in group ${groupId}`);
}

function memberExistsError(message: string) {
  return scimError(409, 'member_already_exists', message);
}

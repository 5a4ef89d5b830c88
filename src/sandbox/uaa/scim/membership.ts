import { invalidScimResourceError, scimError, scimNotFoundError } from '../errors.js';
import type { Member } from '../store/groups.js';
import { rejectedValueError, tooLongProblem } from './database-error.js';
import type { MemberInput } from './group-body.js';
import type { State } from '../store/state.js';

const insertStatement =
  'insert into group_membership ' +
  '( group_id,member_id,member_type,authorities,added,origin,identity_zone_id ) ' +
  'values (?,?,?,?,?,?,?)';

/**
 * Adds a user or a group to a group.
 *
 * @throws ErrorResponse 409 if the group is a default group or already has the member, 400 if a field
 *   is blank or too long or the group is added to itself, or 404 if the group or the member does not
 *   exist.
 */
export function addMember({ groups, users }: State, groupId: string, input: MemberInput): Member {
  const group = groups.get(groupId);
  if (group && groups.isDefault(group.displayName)) {
    throw memberExistsError('Trying to add member to default group');
  }
  const value = input.value ?? '';
  const type = input.type ?? 'USER';
  const origin = input.origin ?? 'uaa';
  if (value.trim() === '' || origin.trim() === '') {
    throw invalidScimResourceError('group-id, member-id, origin and member-type must be non-empty');
  }
  if (value === groupId) {
    throw invalidScimResourceError('trying to nest group within itself, aborting');
  }
  if (!group) throw scimNotFoundError('Group', groupId);
  if (type === 'USER' && !users.get(value)) throw scimNotFoundError('User', value);
  if (type === 'GROUP' && !groups.get(value)) throw scimNotFoundError('Group', value);
  if (origin.length > 36) {
    throw rejectedValueError(insertStatement, tooLongProblem('GROUP_MEMBERSHIP', 'ORIGIN'));
  }
  if (groups.findMember(groupId, value)) {
    throw memberExistsError(`${value} is already part of the group: ${groupId}`);
  }
  const member = { value, type, origin };
  groups.addMember(groupId, member);
  return member;
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

import type { JsonObject } from '../../body.js';
import { json, route, type ErrorResponse, type Route, type SandboxResponse } from '../../router.js';
import { invalidScimResourceError, scimError, scimNotFoundError, scimSchema } from '../errors.js';
import type { Realm } from '../realm.js';
import type { Group, Member } from '../store/groups.js';
import type { State } from '../store/state.js';
import { readMember, type MemberInput } from './bodies.js';
import { userToJson } from './user-json.js';
import { findUser } from './users.js';

/** Creates the routes `/Groups/{id}/members`, which add, show and remove individual members. */
export function memberRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  return [
    route('GET', '/Groups/:id/members', (request, { id = '' }) =>
      listMembers(id, /^(true|1|yes|on)$/i.test(request.query.get('returnEntities') ?? ''), realm),
    ),
    route('POST', '/Groups/:id/members', (request, { id = '' }) => {
      const member = checkNewMember(state, id, readMember(request));
      state.groups.addMember(id, member);
      return json(201, memberToJson(member));
    }),
    route('GET', '/Groups/:id/members/:member', (_, { id = '', member = '' }) =>
      json(200, memberToJson(findMember(state, id, member))),
    ),
    route('DELETE', '/Groups/:id/members/:member', (_, { id = '', member = '' }) => {
      const found = findMember(state, id, member);
      state.groups.removeMember(id, member);
      return json(200, memberToJson(found));
    }),
  ];
}

/** @throws ErrorResponse 404 if a member no longer exists, as on the real server. */
function listMembers(id: string, includesEntities: boolean, realm: Realm): SandboxResponse {
  const { state } = realm;
  findGroup(state, id);
  const readEntity = ({ type, value }: Member): JsonObject =>
    type === 'USER'
      ? userToJson(findUser(state, value), realm)
      : groupToJson(findGroup(state, value), realm);
  return json(
    200,
    state.groups.findMembers(id).map((member) => ({
      ...memberToJson(member),
      ...(includesEntities && { entity: readEntity(member) }),
    })),
  );
}

/** @throws ErrorResponse 404 if the group does not exist. */
export function findGroup({ groups }: State, id: string): Group {
  const group = groups.get(id);
  if (!group) throw scimNotFoundError('Group', id);
  return group;
}

/** Converts a group for a response, without its members. */
export function groupToJson(group: Group, { zone }: Realm): JsonObject {
  return {
    id: group.id,
    meta: {
      version: group.version,
      created: new Date(group.createdAt).toISOString(),
      lastModified: new Date(group.modifiedAt).toISOString(),
    },
    displayName: group.displayName,
    zoneId: zone.id,
    description: group.description,
    schemas: [scimSchema],
  };
}

export function memberToJson({ origin, type, value }: Member): JsonObject {
  return { origin, type, value };
}

/**
 * Checks that a user or a group can be added to a group.
 *
 * @returns the new member.
 * @throws ErrorResponse 409 if the group is a default group or already has the member; 400 if a
 *   field is blank or the group is added to itself; 404 if the group or the member does not exist.
 */
export function checkNewMember(state: State, groupId: string, input: MemberInput): Member {
  const { groups } = state;
  const { value = '', type = 'USER', origin = 'uaa' } = input;
  if (groups.isDefault(groups.get(groupId)?.displayName ?? '')) {
    throw memberExistsError('Trying to add member to default group');
  }
  if (value.trim() === '' || origin.trim() === '') {
    throw invalidScimResourceError('group-id, member-id, origin and member-type must be non-empty');
  }
  if (value === groupId) {
    throw invalidScimResourceError('trying to nest group within itself, aborting');
  }
  findGroup(state, groupId);
  if (type === 'USER') findUser(state, value);
  else findGroup(state, value);
  if (groups.findMember(groupId, value)) {
    throw memberExistsError(`${value} is already part of the group: ${groupId}`);
  }
  return { value, type, origin };
}

function memberExistsError(message: string): ErrorResponse {
  return scimError(409, 'member_already_exists', message);
}

/** @throws ErrorResponse 404 if the group has no such member. */
function findMember({ groups }: State, groupId: string, memberId: string): Member {
  const member = groups.findMember(groupId, memberId);
  if (member) return member;
  throw scimError(404, 'member_not_found', `Member ${memberId} does not exist in group ${groupId}`);
}

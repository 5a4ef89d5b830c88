import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../json.js';
import {
  ErrorResponse,
  json,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import {
  badScimRequestError,
  invalidScimResourceError,
  scimError,
  scimNotFoundError,
} from '../errors.js';
import type { Realm } from '../realm.js';
import type { Group, Member } from '../store/groups.js';
import type { Table } from '../store/query.js';
import type { State } from '../store/state.js';
import { createScimListResponse } from './list.js';
import {
  readGroup,
  readMember,
  scimSchema,
  type GroupInput,
  type MemberInput,
} from './requests.js';
import { findUser, userToJson } from './user-profile.js';
import { formatEtag, isOtherVersion, readIfMatch, readRequiredIfMatch } from './versions.js';

/**
 * Creates the routes `/Groups` and `/Groups/{id}`, and the routes of a group's members.
 * @see UAA 77 `ScimGroupEndpoints`
 */
export function createGroupRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const respond = (status: number, group: Group): SandboxResponse => {
    const members = state.groups.findMembers(group.id).map(memberToJson);
    return json(status, { ...groupToJson(group, realm), members }, { etag: formatEtag(group) });
  };
  return [
    route('GET', '/Groups', (request) => listGroups(request, realm)),
    route('POST', '/Groups', (request) => respond(201, createGroup(readGroup(request), state))),
    route('GET', '/Groups/:id', (_, { id = '' }) => respond(200, findGroup(state, id))),
    route('PUT', '/Groups/:id', (request, { id = '' }) =>
      respond(200, updateGroup(request, readGroup(request), id, state)),
    ),
    route('PATCH', '/Groups/:id', (request, { id = '' }) => {
      const patch = readGroup(request);
      readRequiredIfMatch(request);
      const group = findGroup(state, id);
      const input = applyGroupPatch(group, state.groups.findMembers(id), patch);
      return respond(200, updateGroup(request, input, id, state));
    }),
    route('DELETE', '/Groups/:id', (request, { id = '' }) => {
      const response = respond(200, findGroup(state, id));
      deleteGroup(request, id, state);
      return response;
    }),
    ...createMemberRoutes(realm),
  ];
}

/** Columns by which groups can be filtered and sorted. */
const groupTable: Table<Group> = {
  id: { type: 'text', getValue: ({ id }) => id, isIndexed: true },
  displayname: { type: 'text', getValue: ({ displayName }) => displayName, isIndexed: true },
  description: { type: 'text', getValue: ({ description }) => description },
  created: { type: 'time', getValue: ({ createdAt }) => createdAt },
  lastmodified: { type: 'time', getValue: ({ modifiedAt }) => modifiedAt },
  version: { type: 'number', getValue: ({ version }) => version },
  // Each zone has its own list.
  identity_zone_id: { type: 'text', getValue: () => 'uaa' },
};

function listGroups(request: SandboxRequest, realm: Realm): SandboxResponse {
  const { groups } = realm.state;
  return createScimListResponse(request, {
    source: { rows: groups, filterTable: groupTable, sortTable: groupTable },
    toJson(group, attributes) {
      const includesMembers = attributes.length === 0 || attributes.includes('members');
      return {
        ...groupToJson(group, realm),
        ...(includesMembers && { members: groups.findMembers(group.id).map(memberToJson) }),
      };
    },
    resource: 'group',
  });
}

function createGroup(input: GroupInput, state: State): Group {
  const displayName = readDisplayName(input);
  if (state.groups.findByName(displayName)) {
    const message = `A group with displayName: ${displayName} already exists.`;
    throw scimError(409, 'scim_resource_already_exists', message);
  }
  const now = state.now();
  const group: Group = {
    id: randomUUID(),
    displayName,
    description: input.description,
    version: input.meta?.version ?? 0,
    createdAt: now,
    modifiedAt: now,
  };
  state.groups.put(group);
  for (const member of input.members ?? []) addFirstMember(state, group.id, member);
  return group;
}

/** Adds a member to a new group, or deletes the group if the member is invalid. */
function addFirstMember(state: State, groupId: string, input: MemberInput): void {
  try {
    state.groups.addMember(groupId, checkNewMember(state, groupId, input));
  } catch (error) {
    if (!(error instanceof ErrorResponse)) throw error;
    state.groups.delete(groupId);
    throw invalidScimResourceError(`Invalid group member: ${String(input.value)}`);
  }
}

/** @throws ErrorResponse 400 `scim` if the name is missing. An empty name is allowed. */
function readDisplayName({ displayName }: GroupInput): string {
  if (displayName === undefined) throw badScimRequestError('A group must have a displayName.');
  return displayName;
}

/**
 * Replaces a group and its members.
 * @throws ErrorResponse 409 if the version differs; 404 if the group does not exist; 400 if a value
 *   is invalid, the name is taken or a member is unknown.
 */
function updateGroup(request: SandboxRequest, input: GroupInput, id: string, state: State): Group {
  const version = readRequiredIfMatch(request);
  const group = findGroup(state, id);
  if (isOtherVersion(version, group)) {
    throw scimError(409, 'scim', `The version of the group is ${String(group.version)}`);
  }
  const displayName = readDisplayName(input);
  const existing = state.groups.findByName(displayName);
  if (existing && existing.id !== id) {
    throw invalidScimResourceError(`A group with displayName: ${displayName} already exists`);
  }
  replaceMembers(state, id, input.members ?? []);
  const updated = {
    ...group,
    displayName,
    description: input.description,
    version: group.version + 1,
    modifiedAt: state.now(),
  };
  state.groups.put(updated);
  return updated;
}

function replaceMembers(state: State, groupId: string, inputs: readonly MemberInput[]): void {
  const currentMembers = state.groups.findMembers(groupId);
  const isSame = (member: Member, { value, type = 'USER' }: MemberInput) =>
    member.value === value && member.type === type;
  const newMembers = inputs
    .filter((input) => !currentMembers.some((member) => isSame(member, input)))
    .map((input) => checkReplacement(state, groupId, input));
  for (const member of currentMembers) {
    if (!inputs.some((input) => isSame(member, input))) {
      state.groups.removeMember(groupId, member.value);
    }
  }
  for (const member of newMembers) state.groups.addMember(groupId, member);
}

/** Like {@link checkNewMember}, but the error for an unknown member is 400 `scim`. */
function checkReplacement(state: State, groupId: string, input: MemberInput): Member {
  try {
    return checkNewMember(state, groupId, input);
  } catch (error) {
    const isUnknown = error instanceof ErrorResponse && error.response.status === 404;
    throw isUnknown ? badScimRequestError(error.message) : error;
  }
}

/**
 * Applies a PATCH to a group. The attributes in `meta.attributes` are cleared first, then the other
 * fields are merged.
 * @throws ErrorResponse 400 `scim` if an attribute cannot be cleared.
 * @see UAA 77 `ScimGroup.patch`
 */
function applyGroupPatch(group: Group, members: readonly Member[], patch: GroupInput): GroupInput {
  const clearedNames = (patch.meta?.attributes ?? []).map((name) => name.toLowerCase());
  for (const name of clearedNames) {
    if (!['displayname', 'description', 'members'].includes(name)) {
      throw badScimRequestError(`Attribute ${name} cannot be removed using "Meta.attributes"`);
    }
  }
  const patches = patch.members ?? [];
  const isUnpatched = ({ value }: Member) => !patches.some((member) => member.value === value);
  return {
    displayName:
      patch.displayName ?? (clearedNames.includes('displayname') ? undefined : group.displayName),
    description:
      patch.description ?? (clearedNames.includes('description') ? undefined : group.description),
    members: [
      ...(clearedNames.includes('members') ? [] : members.filter(isUnpatched)),
      ...patches.filter(({ operation }) => operation?.toLowerCase() !== 'delete'),
    ],
  };
}

/** Deletes a group, its members, its mappings and its membership in other groups. */
function deleteGroup(request: SandboxRequest, id: string, state: State): void {
  if (isOtherVersion(readIfMatch(request), findGroup(state, id))) {
    throw scimError(409, 'scim', `error deleting group: ${id}`);
  }
  state.mappings.deleteByGroup(id);
  state.groups.delete(id);
}

/** Creates the routes `/Groups/{id}/members`, which add, show and remove individual members. */
function createMemberRoutes(realm: Realm): readonly Route[] {
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
function findGroup({ groups }: State, id: string): Group {
  const group = groups.get(id);
  if (!group) throw scimNotFoundError('Group', id);
  return group;
}

/** Formats a group for a response, without its members. */
function groupToJson(group: Group, { zone }: Realm): JsonObject {
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

function memberToJson({ origin, type, value }: Member): JsonObject {
  return { origin, type, value };
}

/**
 * Checks that a user or a group can be added to a group.
 * @returns the new member.
 * @throws ErrorResponse 409 if the group is a default group or already has the member; 400 if a
 *   field is blank or the group is added to itself; 404 if the group or the member does not exist.
 */
function checkNewMember(state: State, groupId: string, input: MemberInput): Member {
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

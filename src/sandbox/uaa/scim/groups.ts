import { invalidScimResourceError, scimError, unexpectedScimError } from '../errors.js';
import { randomUUID } from 'node:crypto';
import {
  ErrorResponse,
  json,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { authorizeCaller } from '../oauth/bearer.js';
import { groupBody, type GroupInput, type MemberInput } from './group-body.js';
import { groupToJson } from './group-json.js';
import { applyGroupPatch } from './group-patch.js';
import { groupTable } from './group-table.js';
import type { Group } from '../store/groups.js';
import {
  checkGroupColumns,
  findGroup,
  readRequiredGroupVersion,
  replaceGroup,
  withEtag,
} from './group-update.js';
import { etagOf, readIfMatch } from './version.js';
import { createScimListResponse } from './list.js';
import { addMember } from './membership.js';
import { readJavaBody } from './java-body.js';
import type { State } from '../store/state.js';
import type { Realm } from '../realm.js';

/** Creates the routes `/Groups` and `/Groups/{id}`. */
export function groupRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const writeScopes = ['scim.write', 'groups.update'];
  return [
    route('GET', '/Groups', async (request) => {
      await authorizeCaller(request, realm, ['scim.read']);
      return listGroups(request, realm);
    }),
    route('POST', '/Groups', async (request) => {
      await authorizeCaller(request, realm, writeScopes);
      const input = readJavaBody(request, groupBody('createGroup'));
      return createGroupResponse(201, createGroup(input, state), state);
    }),
    route('GET', '/Groups/:id', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, ['scim.read']);
      return createGroupResponse(200, findGroup(state, id), state);
    }),
    route('PUT', '/Groups/:id', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, writeScopes);
      const input = readJavaBody(request, groupBody('updateGroup'));
      const version = readRequiredGroupVersion(request, state, { id, input });
      const group = findGroup(state, id);
      return withEtag(group, () =>
        createGroupResponse(200, replaceGroup(state, group, version, input), state),
      );
    }),
    route('PATCH', '/Groups/:id', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, writeScopes);
      const input = readJavaBody(request, groupBody('patchGroup'));
      const version = readRequiredGroupVersion(request, state, { id, input });
      const group = findGroup(state, id);
      return withEtag(group, () => {
        const patched = applyGroupPatch(group, state.groups.findMembers(id), input);
        return createGroupResponse(200, replaceGroup(state, group, version, patched), state);
      });
    }),
    route('DELETE', '/Groups/:id', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, ['scim.write']);
      return deleteGroup(request, state, findGroup(state, id));
    }),
  ];
}

function listGroups(request: SandboxRequest, { state, settings }: Realm): SandboxResponse {
  const { groups } = state;
  return createScimListResponse(request, {
    behaviour: settings.behaviour,
    source: { rows: groups, filterTable: groupTable, sortTable: groupTable },
    toJson(group, attributes) {
      const includesMembers = attributes.length === 0 || attributes.includes('members');
      return groupToJson(group, includesMembers ? groups.findMembers(group.id) : undefined);
    },
    isAscending: (order) => order.toLowerCase() === 'ascending',
    hasSortInFilterError: false,
  });
}

const insertStatement =
  'insert into groups ' +
  '( id,displayName,description,created,lastModified,version,identity_zone_id ) ' +
  'values (?,?,?,?,?,?,?)';

/**
 * Creates a group. After an unexpected error with a member, the group remains, as on the real server.
 *
 * @throws ErrorResponse
 */
export function createGroup(input: GroupInput, state: State): Group {
  if (input.meta === null) throw unexpectedScimError();
  const displayName = checkGroupColumns(input, insertStatement, true);
  if (state.groups.findByName(displayName)) {
    throw scimError(
      409,
      'scim_resource_already_exists',
      `A group with displayName: ${displayName} already exists.`,
    );
  }
  const now = state.now();
  const group = {
    id: randomUUID(),
    displayName,
    description: input.description ?? undefined,
    version: input.meta?.version ?? 0,
    createdAt: now,
    modifiedAt: now,
  };
  state.groups.put(group);
  for (const member of input.members ?? []) addFirstMember(state, group.id, member);
  return group;
}

function addFirstMember(state: State, groupId: string, member: MemberInput | null): void {
  if (!member) throw unexpectedScimError();
  try {
    addMember(state, groupId, member);
  } catch (error) {
    // The real server deletes the group only after errors of SCIM, not of the database.
    if (!(error instanceof ErrorResponse) || error.message.startsWith('PreparedStatement')) {
      throw error;
    }
    state.groups.delete(groupId);
    throw invalidScimResourceError(`Invalid group member: ${String(member.value ?? null)}`);
  }
}

/**
 * Deletes a group. As on the real server, the members are removed even if the version is wrong.
 *
 * @throws ErrorResponse
 */
function deleteGroup(request: SandboxRequest, state: State, group: Group): SandboxResponse {
  return withEtag(group, () => {
    const response = createGroupResponse(200, group, state);
    state.groups.removeAllMembers(group.id);
    state.groups.removeFromAllGroups(group.id);
    // Unlike for other methods, an empty header means any version.
    const version = readIfMatch(request);
    state.mappings.deleteByGroup(group.id);
    // The real server does not compare a version that is not positive.
    if (typeof version === 'number' && version > 0 && version !== group.version) {
      throw scimError(409, 'scim', `error deleting group: ${group.id}`);
    }
    state.groups.delete(group.id);
    return response;
  });
}

export function createGroupResponse(
  status: number,
  group: Group,
  { groups }: State,
): SandboxResponse {
  return json(status, groupToJson(group, groups.findMembers(group.id)), { etag: etagOf(group) });
}

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
import { groupSchema, groupToJson, applyGroupPatch } from './group-json.js';
import type { Table } from '../store/columns.js';
import type { Group } from '../store/groups.js';
import { getRequiredDisplayName, replaceGroup, withEtag } from './group-update.js';
import { etagOf, readIfMatch, readRequiredIfMatch } from './version.js';
import { createScimListResponse } from './list.js';
import { addMember } from './membership.js';
import { readScimBody } from './body.js';
import { invalidScimResourceError, scimNotFoundError, scimError } from './error.js';
import type { State } from '../store/state.js';
import type { Realm } from '../realm.js';

/** Creates the routes `/Groups` and `/Groups/{id}`. */
export function groupRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const writeScopes = ['scim.write', 'groups.update'];
  return [
    route('GET', '/Groups', async (request) => {
      await authorizeCaller(request, realm, ['scim.read']);
      return listGroups(request, state);
    }),
    route('POST', '/Groups', async (request) => {
      await authorizeCaller(request, realm, writeScopes);
      return createGroupResponse(201, createGroup(request, state), state);
    }),
    route('GET', '/Groups/:id', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, ['scim.read']);
      return createGroupResponse(200, findGroup(state, id), state);
    }),
    route('PUT', '/Groups/:id', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, writeScopes);
      const input = readScimBody(request, groupSchema);
      const version = readRequiredIfMatch(request, 'PUT');
      const group = findGroup(state, id);
      return withEtag(group, () =>
        createGroupResponse(200, replaceGroup(state, group, version, input), state),
      );
    }),
    route('PATCH', '/Groups/:id', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, writeScopes);
      const input = readScimBody(request, groupSchema);
      const version = readRequiredIfMatch(request, 'PATCH');
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

/** @throws ErrorResponse 404 if the group does not exist. */
export function findGroup({ groups }: State, id: string): Group {
  const group = groups.get(id);
  if (!group) throw scimNotFoundError('Group', id);
  return group;
}

/** Columns by which groups can be filtered and sorted. */
const groupTable: Table<Group> = {
  columns: {
    id: { type: 'text', getValue: ({ id }) => id, isIndexed: true },
    displayname: { type: 'text', getValue: ({ displayName }) => displayName, isIndexed: true },
    description: { type: 'text', getValue: ({ description }) => description },
    created: { type: 'time', getValue: ({ createdAt }) => createdAt },
    lastmodified: { type: 'time', getValue: ({ modifiedAt }) => modifiedAt },
    version: { type: 'number', getValue: ({ version }) => version },
    identity_zone_id: { type: 'text', getValue: () => 'uaa' },
  },
  aliases: {},
};

function listGroups(request: SandboxRequest, { groups }: State): SandboxResponse {
  return createScimListResponse(request, {
    source: { rows: groups, filterTable: groupTable, sortTable: groupTable },
    toJson: (group) => groupToJson(group, groups.findMembers(group.id)),
    isAscending: (order) => order.toLowerCase() === 'ascending',
    hasSortInFilterError: false,
  });
}

function createGroup(request: SandboxRequest, state: State): Group {
  const input = readScimBody(request, groupSchema);
  const displayName = getRequiredDisplayName(input);
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
    description: input.description,
    version: input.version ?? 0,
    createdAt: now,
    modifiedAt: now,
  };
  state.groups.put(group);
  for (const member of input.members ?? []) {
    try {
      addMember(state, group.id, member);
    } catch (error) {
      if (!(error instanceof ErrorResponse)) throw error;
      state.groups.delete(group.id);
      throw invalidScimResourceError(`Invalid group member: ${member.value}`);
    }
  }
  return group;
}

function deleteGroup(request: SandboxRequest, state: State, group: Group): SandboxResponse {
  return withEtag(group, () => {
    const response = createGroupResponse(200, group, state);
    const version = readIfMatch(request);
    if (typeof version === 'number' && version !== group.version) {
      throw scimError(409, 'scim', `error deleting group: ${group.id}`);
    }
    state.groups.delete(group.id);
    state.mappings.deleteByGroup(group.id);
    return response;
  });
}

function createGroupResponse(status: number, group: Group, { groups }: State): SandboxResponse {
  return json(status, groupToJson(group, groups.findMembers(group.id)), { etag: etagOf(group) });
}

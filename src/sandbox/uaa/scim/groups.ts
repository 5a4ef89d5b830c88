import { randomUUID } from 'node:crypto';
import {
  ErrorResponse,
  json,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { callerWithScope } from '../oauth/bearer.js';
import { groupSchema, groupToJson, patchedGroup } from './group-json.js';
import type { Table } from '../store/columns.js';
import type { Group } from '../store/groups.js';
import { groupName, replaceGroup, withEtag } from './group-update.js';
import { etagOf, ifMatch, requiredIfMatch } from './version.js';
import { scimListPage } from './list.js';
import { addMember } from './membership.js';
import { readScimBody } from './body.js';
import { invalidScimResource, scimResourceNotFound, scimError } from './error.js';
import type { State } from '../store/state.js';
import type { Realm } from '../realm.js';

/** `/Groups` and `/Groups/{id}`. */
export function groupRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const writers = ['scim.write', 'groups.update'];
  return [
    route('GET', '/Groups', async (request) => {
      await callerWithScope(request, realm, ['scim.read']);
      return list(request, state);
    }),
    route('POST', '/Groups', async (request) => {
      await callerWithScope(request, realm, writers);
      return shown(201, create(request, state), state);
    }),
    route('GET', '/Groups/:id', async (request, { id = '' }) => {
      await callerWithScope(request, realm, ['scim.read']);
      return shown(200, findGroup(state, id), state);
    }),
    route('PUT', '/Groups/:id', async (request, { id = '' }) => {
      await callerWithScope(request, realm, writers);
      const input = readScimBody(request, groupSchema);
      const version = requiredIfMatch(request, 'PUT');
      const group = findGroup(state, id);
      return withEtag(group, () => shown(200, replaceGroup(state, group, version, input), state));
    }),
    route('PATCH', '/Groups/:id', async (request, { id = '' }) => {
      await callerWithScope(request, realm, writers);
      const input = readScimBody(request, groupSchema);
      const version = requiredIfMatch(request, 'PATCH');
      const group = findGroup(state, id);
      return withEtag(group, () => {
        const whole = patchedGroup(group, state.groups.members(id), input);
        return shown(200, replaceGroup(state, group, version, whole), state);
      });
    }),
    route('DELETE', '/Groups/:id', async (request, { id = '' }) => {
      await callerWithScope(request, realm, ['scim.write']);
      return remove(request, state, findGroup(state, id));
    }),
  ];
}

/** @throws ErrorResponse 404. */
export function findGroup({ groups }: State, id: string): Group {
  const group = groups.get(id);
  if (!group) throw scimResourceNotFound('Group', id);
  return group;
}

/** Columns for filters and orders of groups. */
const groupTable: Table<Group> = {
  columns: {
    id: { type: 'text', of: ({ id }) => id, indexed: true },
    displayname: { type: 'text', of: ({ displayName }) => displayName, indexed: true },
    description: { type: 'text', of: ({ description }) => description },
    created: { type: 'time', of: ({ createdAt }) => createdAt },
    lastmodified: { type: 'time', of: ({ modifiedAt }) => modifiedAt },
    version: { type: 'number', of: ({ version }) => version },
    identity_zone_id: { type: 'text', of: () => 'uaa' },
  },
  aliases: {},
};

function list(request: SandboxRequest, { groups }: State): SandboxResponse {
  return scimListPage(request, {
    source: { rows: groups, filters: groupTable, orders: groupTable },
    toJson: (group) => groupToJson(group, groups.members(group.id)),
    isAscending: (order) => order.toLowerCase() === 'ascending',
    namesSort: false,
  });
}

function create(request: SandboxRequest, state: State): Group {
  const input = readScimBody(request, groupSchema);
  const displayName = groupName(input);
  if (state.groups.byName(displayName)) {
    throw scimError(
      409,
      'scim_resource_already_exists',
      `A group with displayName: ${displayName} already exists.`,
    );
  }
  const at = state.now();
  const group = {
    id: randomUUID(),
    displayName,
    description: input.description,
    version: input.version ?? 0,
    createdAt: at,
    modifiedAt: at,
  };
  state.groups.put(group);
  for (const member of input.members ?? []) {
    try {
      addMember(state, group.id, member);
    } catch (error) {
      if (!(error instanceof ErrorResponse)) throw error;
      state.groups.delete(group.id);
      throw invalidScimResource(`Invalid group member: ${member.value}`);
    }
  }
  return group;
}

function remove(request: SandboxRequest, state: State, group: Group): SandboxResponse {
  return withEtag(group, () => {
    const response = shown(200, group, state);
    const version = ifMatch(request);
    if (typeof version === 'number' && version !== group.version) {
      throw scimError(409, 'scim', `error deleting group: ${group.id}`);
    }
    state.groups.delete(group.id);
    state.mappings.removeGroup(group.id);
    return response;
  });
}

function shown(status: number, group: Group, { groups }: State): SandboxResponse {
  return json(status, groupToJson(group, groups.members(group.id)), { etag: etagOf(group) });
}

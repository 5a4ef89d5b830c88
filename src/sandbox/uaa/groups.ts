import { randomUUID } from 'node:crypto';
import { json, route } from '../router.js';
import type { Route, SandboxRequest, SandboxResponse } from '../router.js';
import { callerWithScope } from './bearer.js';
import { groupFromJson, groupName, groupToJson, nameTaken, patchedGroup } from './group-json.js';
import type { GroupInput } from './group-json.js';
import type { Group } from './group-store.js';
import { groupTable } from './group-table.js';
import { ifMatch, requiredIfMatch } from './if-match.js';
import { listPage } from './listing.js';
import { addMember } from './membership.js';
import { Refusal } from './refusal.js';
import { scimBody } from './scim-body.js';
import { badScim, invalidScim, scimNotFound, scimRefusal } from './scim-error.js';
import type { State } from './state.js';
import type { Issue } from './token-issue.js';
import { etagOf } from './users.js';

/** `/Groups` and `/Groups/{id}`. */
export function groupRoutes(issue: Issue): readonly Route[] {
  const { state } = issue;
  const writers = ['scim.write', 'groups.update'];
  return [
    route('GET', '/Groups', async (request) => {
      await callerWithScope(request, issue, ['scim.read']);
      return list(request, state);
    }),
    route('POST', '/Groups', async (request) => {
      await callerWithScope(request, issue, writers);
      return shown(201, create(request, state), state);
    }),
    route('GET', '/Groups/:id', async (request, { id = '' }) => {
      await callerWithScope(request, issue, ['scim.read']);
      return shown(200, findGroup(state, id), state);
    }),
    route('PUT', '/Groups/:id', async (request, { id = '' }) => {
      await callerWithScope(request, issue, writers);
      const input = groupFromJson(scimBody(request));
      const version = requiredIfMatch(request, 'PUT');
      return update(state, findGroup(state, id), version, () => input);
    }),
    route('PATCH', '/Groups/:id', async (request, { id = '' }) => {
      await callerWithScope(request, issue, writers);
      const input = groupFromJson(scimBody(request));
      const version = requiredIfMatch(request, 'PATCH');
      const group = findGroup(state, id);
      const members = state.groups.members(id);
      return update(state, group, version, () => patchedGroup(group, members, input));
    }),
    route('DELETE', '/Groups/:id', async (request, { id = '' }) => {
      await callerWithScope(request, issue, ['scim.write']);
      return remove(request, state, findGroup(state, id));
    }),
  ];
}

/** @throws Refusal 404. */
export function findGroup({ groups }: State, id: string): Group {
  const group = groups.get(id);
  if (!group) throw scimNotFound('Group', id);
  return group;
}

function list(request: SandboxRequest, { groups }: State): SandboxResponse {
  return json(
    200,
    listPage(request, {
      table: groupTable,
      rows: groups.all(),
      toJson: (group) => groupToJson(group, groups.members(group.id)),
      isAscending: (order) => order.toLowerCase() === 'ascending',
      namesSort: false,
    }),
  );
}

function create(request: SandboxRequest, state: State): Group {
  const input = groupFromJson(scimBody(request));
  const displayName = groupName(input);
  if (state.groups.byName(displayName)) {
    throw scimRefusal({
      status: 409,
      error: 'scim_resource_already_exists',
      message: `A group with displayName: ${displayName} already exists.`,
    });
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
  state.groups.save(group);
  for (const member of input.members ?? []) {
    try {
      addMember(state, group.id, member);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      state.groups.remove(group.id);
      throw invalidScim(`Invalid group member: ${member.value}`);
    }
  }
  return group;
}

function update(
  state: State,
  group: Group,
  version: number | undefined,
  toInput: () => GroupInput,
): SandboxResponse {
  return withEtag(group, () => shown(200, replaced(state, group, version, toInput()), state));
}

/** The real server has looked the group up and named its version before anything fails. */
function withEtag(group: Group, answer: () => SandboxResponse): SandboxResponse {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { response } = error;
    throw new Refusal({ ...response, headers: { ...response.headers, etag: etagOf(group) } });
  }
}

function replaced(
  state: State,
  group: Group,
  version: number | undefined,
  input: GroupInput,
): Group {
  const displayName = groupName(input);
  const taken = state.groups.byName(displayName);
  if (taken && taken.id !== group.id) throw nameTaken(displayName);
  if (version !== undefined && version !== group.version) {
    // The rollback of the real server writes the group once more.
    state.groups.save({ ...group, version: group.version + 1 });
    throw scimRefusal({
      status: 409,
      error: 'scim',
      message: 'Incorrect result size: expected 1, actual 0',
    });
  }
  const saved = {
    ...group,
    displayName,
    description: input.description,
    version: group.version + 1,
    modifiedAt: state.now(),
  };
  state.groups.save(saved);
  setMembers(state, group, input);
  return saved;
}

function setMembers(state: State, before: Group, { members = [] }: GroupInput): void {
  state.groups.setMembers(before.id, []);
  for (const member of members) {
    try {
      addMember(state, before.id, member);
    } catch (error) {
      state.groups.save({ ...before, version: before.version + 2 });
      throw toBadRequest(error);
    }
  }
}

/** What is not found while a group is written is a bad request, in the same words. */
function toBadRequest(error: unknown): unknown {
  if (!(error instanceof Refusal) || error.response.status !== 404) return error;
  const body: unknown = JSON.parse(error.response.body);
  const message =
    typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : '';
  return badScim(message);
}

function remove(request: SandboxRequest, state: State, group: Group): SandboxResponse {
  return withEtag(group, () => {
    const response = shown(200, group, state);
    const version = ifMatch(request);
    if (typeof version === 'number' && version !== group.version) {
      throw scimRefusal({
        status: 409,
        error: 'scim',
        message: `error deleting group: ${group.id}`,
      });
    }
    state.groups.remove(group.id);
    return response;
  });
}

function shown(status: number, group: Group, { groups }: State): SandboxResponse {
  return json(status, groupToJson(group, groups.members(group.id)), { etag: etagOf(group) });
}

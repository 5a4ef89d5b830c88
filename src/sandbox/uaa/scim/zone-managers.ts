import { route, type Route, type SandboxRequest, type SandboxResponse } from '../../router.js';
import { authenticateCaller, insufficientScopeError } from '../oauth/bearer.js';
import type { Realm } from '../realm.js';
import type { Group } from '../store/groups.js';
import type { State } from '../store/state.js';
import { badScimRequestError, scimError, scimNotFoundError, unexpectedScimError } from './error.js';
import { groupBody, type GroupInput } from './group-body.js';
import { findGroupByName } from './group-names.js';
import { replaceGroup, withEtag } from './group-update.js';
import { createGroup, createGroupResponse } from './groups.js';
import { readJavaBody } from './java-body.js';

/** Creates the routes `/Groups/zones`, which add and remove administrators of zones. */
export function zoneManagerRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const scopes = ['uaa.admin', 'scim.zones'];
  const authorize = async (request: SandboxRequest): Promise<void> => {
    const caller = await authenticateCaller(request, realm);
    if (!scopes.some((scope) => caller.scope.includes(scope))) throw insufficientScopeError(scopes);
  };
  return [
    route('POST', '/Groups/zones', async (request) => {
      await authorize(request);
      return addManagers(readJavaBody(request, groupBody('addZoneManagers')), state);
    }),
    // The real server has no such route, and looks for a group with the id `zones`.
    route('GET', '/Groups/zones', async (request) => {
      await authorize(request);
      throw scimNotFoundError('Group', 'zones');
    }),
    ...['', '/:scope'].map((suffix) =>
      route(
        'DELETE',
        `/Groups/zones/:user/:zone${suffix}`,
        async (request, { user = '', zone = '', scope = 'admin' }) => {
          await authorize(request);
          return removeManager(state, user, `zones.${zone}.${scope}`);
        },
      ),
    ),
  ];
}

/** Some dots match any character, because the real server's pattern does not escape them. */
const zoneScope =
  /^zones\.[^.]+\.(admin|read|clients.(admin|read|write)|scim.(create|read|write)|idps.read)$/;

function addManagers(input: GroupInput, state: State): SandboxResponse {
  const displayName = input.displayName ?? undefined;
  if (displayName === undefined) throw unexpectedScimError();
  if (!zoneScope.test(displayName)) throw badScimRequestError('Invalid group name.');
  const added = input.members ?? [];
  if (added.length === 0) {
    throw badScimRequestError('Invalid group members, you have to add at least one member.');
  }
  const group = state.groups.findByName(displayName);
  if (!group) return createGroupResponse(201, createGroup(input, state), state);
  return withEtag(group, () => {
    const existing = state.groups.findMembers(group.id);
    const newMembers = added.filter((member) => {
      if (!member) throw unexpectedScimError();
      const id = member.value ?? undefined;
      return id !== undefined && existing.every(({ value }) => value !== id);
    });
    const changed = replaceManagers(state, group, [...existing, ...newMembers]);
    return createGroupResponse(201, changed, state);
  });
}

function removeManager(state: State, userId: string, displayName: string): SandboxResponse {
  if (!zoneScope.test(displayName)) throw badScimRequestError('Invalid group name.');
  const group = findGroupByName(state, displayName);
  return withEtag(group, () => {
    if (userId.trim() === '') throw badScimRequestError('User ID and Zone ID are required.');
    const existing = state.groups.findMembers(group.id);
    const members = existing.filter(({ value }) => value !== userId);
    if (members.length === existing.length) {
      throw scimError(404, 'scim', 'User is not a zone admin.');
    }
    return createGroupResponse(200, replaceManagers(state, group, members), state);
  });
}

function replaceManagers(
  state: State,
  group: Group,
  members: NonNullable<GroupInput['members']>,
): Group {
  const { displayName, description = null, version } = group;
  return replaceGroup(state, group, version, { displayName, description, members });
}

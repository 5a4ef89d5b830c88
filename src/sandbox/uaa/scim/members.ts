import { scimNotFoundError, unexpectedScimError } from '../errors.js';
import { json, route, type Route, type SandboxResponse } from '../../router.js';
import { authorizeCaller } from '../oauth/bearer.js';
import { memberBody } from './group-body.js';
import { groupToJson, memberToJson } from './group-json.js';
import type { Member } from '../store/groups.js';
import { findGroup } from './group-update.js';
import { addMember, findMember } from './membership.js';
import type { JsonObject } from '../../body.js';
import { readJavaBody } from './java-body.js';
import { readBooleanParameter } from './parameters.js';
import type { State } from '../store/state.js';
import type { Realm } from '../realm.js';
import { userToJson } from './user-json.js';

/** Creates the routes `/Groups/{id}/members`, which add, show and remove individual members. */
export function memberRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const writeScopes = ['scim.write', 'groups.update'];
  return [
    route('GET', '/Groups/:id/members', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, ['scim.read']);
      const includesEntities = readBooleanParameter(
        request.query,
        'returnEntities',
        unexpectedScimError,
      );
      return listMembers(state, id, includesEntities);
    }),
    route('POST', '/Groups/:id/members', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, writeScopes);
      const member = readJavaBody(request, memberBody);
      return json(201, memberToJson(addMember(state, id, member)));
    }),
    ...['GET', 'PUT', 'POST', 'PATCH'].map((method) =>
      // The route shows a member for any method, but the required scopes depend on the method.
      route(method, '/Groups/:id/members/:member', async (request, { id = '', member = '' }) => {
        await authorizeCaller(request, realm, method === 'GET' ? ['scim.read'] : writeScopes);
        return json(200, memberToJson(findMember(state, id, member)));
      }),
    ),
    route('DELETE', '/Groups/:id/members/:member', async (request, { id = '', member = '' }) => {
      await authorizeCaller(request, realm, ['scim.write']);
      const found = findMember(state, id, member);
      state.groups.removeMember(id, member);
      return json(200, memberToJson(found));
    }),
  ];
}

function listMembers(state: State, id: string, includesEntities: boolean): SandboxResponse {
  findGroup(state, id);
  const members = state.groups.findMembers(id);
  return json(
    200,
    members.map((member) => ({
      ...memberToJson(member),
      ...(includesEntities && { entity: readEntity(state, member) }),
    })),
  );
}

/** @throws ErrorResponse 404 if the member no longer exists. */
function readEntity({ users, groups }: State, { type, value }: Member): JsonObject {
  if (type === 'USER') {
    const user = users.get(value);
    if (!user) throw scimNotFoundError('User', value);
    return userToJson(user);
  }
  const group = groups.get(value);
  if (!group) throw scimNotFoundError('Group', value);
  return groupToJson(group);
}

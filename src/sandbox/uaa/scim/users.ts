import { randomUUID } from 'node:crypto';
import {
  json,
  route,
  ErrorResponse,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { authorizeCaller } from '../oauth/bearer.js';
import { etagOf, readIfMatch, readRequiredIfMatch } from './version.js';
import { createScimListResponse, userAttributes } from './list.js';
import { hashSecret } from '../store/secret-hash.js';
import { checkPassword } from './password-policy.js';
import { readScimBody } from './body.js';
import { badScimRequestError, scimNotFoundError, scimError, unexpectedScimError } from './error.js';
import type { State } from '../store/state.js';
import type { CheckedToken } from '../oauth/token-check.js';
import type { Realm } from '../realm.js';
import { applyUserPatch, parseProfile, type Profile } from './user-profile.js';
import { userSchema, userToJson } from './user-json.js';
import type { User } from '../store/users.js';
import { userTableWithExternalId, userTable } from './user-table.js';

/** Creates the routes `/Users` and `/Users/{id}`. */
export function userRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  return [
    route('GET', '/Users', async (request) => {
      await authorizeCaller(request, realm, ['scim.read']);
      return listUsers(request, realm);
    }),
    route('POST', '/Users', async (request) => {
      await authorizeCaller(request, realm, ['scim.write', 'scim.create']);
      return createUserResponse(201, createUser(request, state), state);
    }),
    route('GET', '/Users/:id', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, ['scim.read'], id);
      return createUserResponse(200, findUser(state, id), state);
    }),
    route('PUT', '/Users/:id', async (request, { id = '' }) => {
      const caller = await authorizeCaller(request, realm, ['scim.write'], id);
      return createUserResponse(200, replaceUser(request, { state, caller, id }), state);
    }),
    route('PATCH', '/Users/:id', async (request, { id = '' }) => {
      const caller = await authorizeCaller(request, realm, ['scim.write'], id);
      return createUserResponse(200, patchUser(request, { state, caller, id }), state);
    }),
    route('DELETE', '/Users/:id', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, ['scim.write']);
      return deleteUser(request, state, id);
    }),
  ];
}

/** @throws ErrorResponse 404 if the user does not exist. */
export function findUser({ users }: State, id: string): User {
  const user = users.get(id);
  if (!user) throw scimNotFoundError('User', id);
  return user;
}

/** A request to change a user. */
interface UserChange {
  readonly state: State;
  readonly caller: CheckedToken;
  readonly id: string;
}

function listUsers(request: SandboxRequest, { state, settings }: Realm): SandboxResponse {
  const { users, groups } = state;
  const table = settings.behaviour.canFilterByExternalId ? userTableWithExternalId : userTable;
  return createScimListResponse(request, {
    source: { rows: users, filterTable: table, sortTable: table },
    toJson(user, attributes) {
      const includesGroups =
        attributes.length === 0 || attributes.some((name) => /^(groups|approvals)$/i.test(name));
      return userToJson(user, includesGroups ? groups.findUserGroups(user.id) : undefined);
    },
    attributes: userAttributes,
    isAscending: (order) => order === 'ascending',
    minStartIndex: 1,
    hasSortInFilterError: true,
  });
}

function createUser(request: SandboxRequest, { users, now }: State): User {
  const input = readScimBody(request, userSchema);
  const profile = parseProfile(input);
  if (profile.origin === 'uaa') checkPassword(input.password ?? '');
  const existing = users.findByName(profile.userName, profile.origin);
  if (existing) {
    throw scimError(
      409,
      'scim_resource_already_exists',
      `Username already in use: ${existing.userName}`,
      {
        extraFields: { active: existing.active, verified: existing.verified, user_id: existing.id },
      },
    );
  }
  const user: User = {
    ...profile,
    id: randomUUID(),
    passwordHash: hashSecret(profile.origin === 'uaa' ? (input.password ?? '') : ''),
    passwordChangeRequired: false,
    passwordModifiedAt: now(),
    version: 0,
    createdAt: now(),
    modifiedAt: now(),
  };
  users.put(user);
  return user;
}

function replaceUser(request: SandboxRequest, change: UserChange): User {
  const input = readScimBody(request, userSchema);
  if (isSelfEdit(change.caller, change.id)) {
    checkSelfEdit(findUser(change.state, change.id), parseProfile(input));
  }
  const version = readRequiredIfMatch(request, 'PUT');
  const profile = parseProfile(input);
  if (!input.name) {
    findUser(change.state, change.id);
    throw unexpectedScimError();
  }
  return updateUser(change, version, profile);
}

function patchUser(request: SandboxRequest, change: UserChange): User {
  const input = readScimBody(request, userSchema);
  if (isSelfEdit(change.caller, change.id)) {
    const user = findUser(change.state, change.id);
    checkSelfEdit(user, parseProfile(applyUserPatch(user, input)));
  }
  // On the real server, the error message for a PATCH contains PUT too.
  const version = readRequiredIfMatch(request, 'PUT');
  const user = findUser(change.state, change.id);
  return updateUser(change, version, parseProfile(applyUserPatch(user, input)));
}

function updateUser(
  { state, id }: UserChange,
  version: number | undefined,
  profile: Profile,
): User {
  const user = findUser(state, id);
  if (version !== undefined && version !== user.version) {
    throw scimError(
      409,
      'scim_resource_conflict',
      `Attempt to update a user (${id}) with wrong version: ` +
        `expected=${String(user.version)} but found=${String(version)}`,
    );
  }
  const existing = state.users.findByName(profile.userName, profile.origin);
  if (existing && existing.id !== id) throw badScimRequestError(uniqueKeyViolation);
  const updated = { ...user, ...profile, version: user.version + 1, modifiedAt: state.now() };
  state.users.put(updated);
  return updated;
}

const uniqueKeyViolation =
  'integrity constraint violation: unique constraint or index violation: USERS_UNIQUE_KEY';

function deleteUser(request: SandboxRequest, state: State, id: string): SandboxResponse {
  const version = readIfMatch(request);
  const user = findUser(state, id);
  const response = createUserResponse(200, user, state);
  if (typeof version === 'number' && version !== user.version) {
    throw unexpectedScimError({ etag: etagOf(user) });
  }
  state.users.delete(id);
  state.groups.removeFromAllGroups(id);
  state.tokens.deleteByOwner({ userId: id });
  state.approvals.deleteByUser(id);
  state.lockout.clear(id);
  return response;
}

function createUserResponse(status: number, user: User, { groups }: State): SandboxResponse {
  return json(status, userToJson(user, groups.findUserGroups(user.id)), { etag: etagOf(user) });
}

/** Whether the caller can edit this user only because it is the caller's own account. */
function isSelfEdit({ user, scope }: CheckedToken, userId: string): boolean {
  const scopes = ['uaa.admin', 'scim.write', 'zones.uaa.admin'];
  return user?.id === userId && !scopes.some((name) => scope.includes(name));
}

/**
 * Checks that users who edit their own account change only the given name and the family name.
 *
 * @throws ErrorResponse 403 `invalid_self_edit`.
 */
function checkSelfEdit(user: User, profile: Profile): void {
  if (readOnlyFields.every((name) => profile[name] === user[name])) return;
  throw new ErrorResponse(
    json(403, {
      error: 'invalid_self_edit',
      error_description:
        'Users are only allowed to edit their own User settings when internal user storage is ' +
        'enabled, and in that case they may only edit the givenName and familyName.',
    }),
  );
}

const readOnlyFields = [
  ...(['userName', 'email', 'phoneNumber', 'origin', 'active', 'verified'] as const),
  'externalId' as const,
];

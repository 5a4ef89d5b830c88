import {
  badScimRequestError,
  scimError,
  scimNotFoundError,
  unexpectedScimError,
} from '../errors.js';
import { hasText } from '../requests.js';
import { randomUUID } from 'node:crypto';
import {
  json,
  route,
  type ErrorResponse,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { authorizeCaller } from '../oauth/bearer.js';
import { etagOf, isOtherVersion, readIfMatch, readRequiredIfMatch } from './version.js';
import { createScimListResponse, userAttributes } from './list.js';
import { hashSecret } from '../store/secret-hash.js';
import { checkPassword } from './password-policy.js';
import { rejectedValueError } from './database-error.js';
import { checkEmailDomain } from './email-domains.js';
import type { State } from '../store/state.js';
import type { CheckedToken } from '../oauth/token-check.js';
import type { Realm } from '../realm.js';
import { readUserBody, type UserInput } from './user-body.js';
import { checkColumns, insertStatement, updateStatement } from './user-columns.js';
import { applyUserPatch, parseProfile, validateUser } from './user-profile.js';
import { checkSelfEdit } from './user-self-edit.js';
import { userToJson } from './user-json.js';
import type { Approval } from '../store/approvals.js';
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
      return createUserResponse(201, createUser(request, realm), state);
    }),
    route('GET', '/Users/:id', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, ['scim.read'], id);
      return createUserResponse(200, findUser(state, id), state);
    }),
    route('PUT', '/Users/:id', async (request, { id = '' }) => {
      const caller = await authorizeCaller(request, realm, ['scim.write'], id);
      return createUserResponse(200, replaceUser(request, { realm, caller, id }), state);
    }),
    route('PATCH', '/Users/:id', async (request, { id = '' }) => {
      const caller = await authorizeCaller(request, realm, ['scim.write'], id);
      return createUserResponse(200, patchUser(request, { realm, caller, id }), state);
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
export interface UserChange {
  readonly realm: Realm;
  readonly caller: CheckedToken;
  readonly id: string;
}

function listUsers(request: SandboxRequest, { state, settings }: Realm): SandboxResponse {
  const table = settings.behaviour.canFilterByExternalId ? userTableWithExternalId : userTable;
  return createScimListResponse(request, {
    behaviour: settings.behaviour,
    source: { rows: state.users, filterTable: table, sortTable: table },
    toJson(user, attributes) {
      const isRequested = (name: string) =>
        attributes.length === 0 || attributes.some((attribute) => attribute.toLowerCase() === name);
      return userToJson(user, {
        groups: isRequested('groups') ? state.groups.findUserGroups(user.id) : undefined,
        approvals: isRequested('approvals') ? findApprovals(state, user.id) : undefined,
      });
    },
    attributes: userAttributes,
    isAscending: (order) => order === 'ascending',
    minStartIndex: 1,
    hasSortInFilterError: true,
  });
}

function createUser(request: SandboxRequest, { state, settings }: Realm): User {
  const { users, approvals, now } = state;
  const body = readUserBody(request, 'createUser', settings.behaviour);
  const input = { ...body, origin: body.origin || 'uaa' };
  const isInternal = input.origin === 'uaa';
  validateUser(input);
  if (isInternal) {
    checkEmailDomain(state, input.emails?.[0]?.value ?? '');
    checkPassword(input.password ?? '');
  }
  if (input.hasAlias) throw badScimRequestError('Alias ID and/or alias ZID are invalid.');
  if (!input.meta) throw unexpectedScimError();
  const profile = parseProfile(input);
  checkColumns(profile, insertStatement);
  const existing = users.findByName(profile.userName, profile.origin);
  if (existing) throw nameInUseError(existing);
  const user: User = {
    ...profile,
    id: randomUUID(),
    passwordHash: hashSecret(isInternal ? (input.password ?? '') : ''),
    passwordChangeRequired: false,
    passwordModifiedAt: now(),
    version: input.meta.version ?? 0,
    createdAt: now(),
    modifiedAt: now(),
  };
  users.put(user);
  for (const { clientId, scope, isApproved } of input.approvals) {
    approvals.put({ userId: user.id, clientId, scope }, isApproved);
  }
  return user;
}

function nameInUseError({ userName, active, verified, id }: User): ErrorResponse {
  return scimError(409, 'scim_resource_already_exists', `Username already in use: ${userName}`, {
    extraFields: { active, verified, user_id: id },
  });
}

function replaceUser(request: SandboxRequest, change: UserChange): User {
  const input = readUserBody(request, 'updateUser', change.realm.settings.behaviour);
  checkSelfEdit(input, change);
  const version = readRequiredIfMatch(request);
  return updateUser(input, version, change);
}

function patchUser(request: SandboxRequest, change: UserChange): User {
  const input = readUserBody(request, 'patchUser', change.realm.settings.behaviour);
  const version = readRequiredIfMatch(request);
  const patched = applyUserPatch(findUser(change.realm.state, change.id), input);
  checkSelfEdit(patched, change);
  return updateUser(patched, version, change);
}

function updateUser(
  input: UserInput,
  version: number | undefined,
  { realm: { state }, id }: UserChange,
): User {
  const expected = version ?? findUser(state, id).version;
  if (!input.meta) throw unexpectedScimError();
  const profile = parseProfile({ ...input, origin: hasText(input.origin) ? input.origin : 'uaa' });
  if (!input.name) throw unexpectedScimError();
  const user = findUser(state, id);
  if (input.hasAlias) {
    throw badScimRequestError("The fields 'aliasId' and/or 'aliasZid' are invalid.");
  }
  if (expected !== user.version) {
    throw scimError(
      409,
      'scim_resource_conflict',
      `Attempt to update a user (${id}) with wrong version: ` +
        `expected=${String(user.version)} but found=${String(expected)}`,
    );
  }
  checkColumns(profile, updateStatement);
  const existing = state.users.findByName(profile.userName, profile.origin);
  if (existing && existing.id !== id) throw rejectedValueError(updateStatement, duplicateProblem);
  const updated = { ...user, ...profile, version: user.version + 1, modifiedAt: state.now() };
  state.users.put(updated);
  return updated;
}

const duplicateProblem = {
  exception: 'SQLIntegrityConstraintViolationException',
  message: 'integrity constraint violation: unique constraint or index violation: USERS_UNIQUE_KEY',
};

function deleteUser(request: SandboxRequest, state: State, id: string): SandboxResponse {
  const version = readIfMatch(request, 'invalid');
  const user = findUser(state, id);
  const response = createUserResponse(200, user, state);
  if (isOtherVersion(version, user)) throw unexpectedScimError();
  state.users.delete(id);
  state.groups.removeFromAllGroups(id);
  state.tokens.deleteByOwner({ userId: id });
  state.approvals.deleteByUser(id);
  state.lockout.clear(id);
  return response;
}

function createUserResponse(status: number, user: User, state: State): SandboxResponse {
  const groups = state.groups.findUserGroups(user.id);
  const approvals = findApprovals(state, user.id);
  return json(status, userToJson(user, { groups, approvals }), { etag: etagOf(user) });
}

function findApprovals({ approvals, now }: State, userId: string): readonly Approval[] {
  return approvals.findByUser(userId).filter(({ expiresAt }) => expiresAt > now());
}

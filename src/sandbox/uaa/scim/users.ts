import { randomUUID } from 'node:crypto';
import {
  json,
  route,
  type ErrorResponse,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import {
  badScimRequestError,
  challenges,
  invalidScimResourceError,
  oauthError,
  scimError,
  scimNotFoundError,
  statusError,
  unexpectedScimError,
} from '../errors.js';
import { authenticateCaller, type CheckedToken } from '../oauth/token-check.js';
import type { Realm } from '../realm.js';
import { hasText, readParameters } from '../requests.js';
import { hashSecret, secretMatches, type User } from '../store/identities.js';
import { parseFilter, type Filter } from '../store/query.js';
import type { State } from '../store/state.js';
import { createScimListResponse } from './list.js';
import {
  etagOf,
  isOtherVersion,
  readAccountStatus,
  readIfMatch,
  readPasswordChange,
  readRequiredIfMatch,
  readUser,
  staleUserError,
  type UserInput,
} from './requests.js';
import {
  applyUserPatch,
  checkPassword,
  checkSelfEdit,
  invalidPasswordError,
  listUserApprovals,
  listUserGroups,
  readProfile,
  userTable,
  userTableWithExternalId,
  userToJson,
} from './user-profile.js';

/**
 * Creates the routes `/Users`, `/Users/{id}` and `/ids/Users`, and those of a user's account.
 *
 * @see UAA 77 `ScimUserEndpoints`, `UserIdConversionEndpoints`
 */
export function userRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const respond = (status: number, user: User): SandboxResponse => {
    const groups = listUserGroups(user, realm);
    const approvals = listUserApprovals(user, realm);
    const body = { ...userToJson(user, realm), groups, approvals };
    return json(status, body, { etag: etagOf(user) });
  };
  return [
    route('*', '/ids/Users', (request) => listUserIds(request, realm)),
    route('GET', '/Users', (request) => listUsers(request, realm)),
    route('POST', '/Users', (request) => respond(201, createUser(readUser(request), realm))),
    route('GET', '/Users/:id', (_, { id = '' }) => respond(200, findUser(state, id))),
    route('PUT', '/Users/:id', async (request, { id = '' }) =>
      respond(200, await updateUser(request, readUser(request), id, realm)),
    ),
    route('PATCH', '/Users/:id', async (request, { id = '' }) => {
      const patch = readUser(request);
      readRequiredIfMatch(request);
      const user = findUser(state, id);
      if (hasText(patch.origin) && !realm.settings.behaviour.canChangeOrigin) {
        checkOrigin(user, patch.origin);
      }
      return respond(200, await updateUser(request, applyUserPatch(user, patch), id, realm));
    }),
    route('DELETE', '/Users/:id', (request, { id = '' }) => {
      const response = respond(200, findUser(state, id));
      deleteUser(request, id, realm);
      return response;
    }),
    ...accountRoutes(realm),
  ];
}

/** @throws ErrorResponse 404 if the user does not exist. */
export function findUser({ users }: State, id: string): User {
  const user = users.get(id);
  if (!user) throw scimNotFoundError('User', id);
  return user;
}

function listUsers(request: SandboxRequest, realm: Realm): SandboxResponse {
  const { state, settings } = realm;
  const table = settings.behaviour.canFilterByExternalId ? userTableWithExternalId : userTable;
  return createScimListResponse(request, {
    source: { rows: state.users, filterTable: table, sortTable: table },
    toJson(user, attributes) {
      const isRequested = (name: string) =>
        attributes.length === 0 || attributes.some((attribute) => attribute.startsWith(name));
      return {
        ...userToJson(user, realm),
        ...(isRequested('groups') && { groups: listUserGroups(user, realm) }),
        ...(isRequested('approvals') && { approvals: listUserApprovals(user, realm) }),
      };
    },
    toPath: (name) =>
      name.replace(/^emails\./, 'emails[*].').replace(/(givenName|familyName)/g, 'name.$1'),
    resource: 'user',
  });
}

/** Lists only ids, names and origins of users. */
function listUserIds(request: SandboxRequest, { state }: Realm): SandboxResponse {
  const { users, providers } = state;
  const query = readParameters(request);
  const filter = query.get('filter')?.trim() ?? '';
  checkFilter(filter);
  if (query.get('includeInactive') !== 'true') {
    const active = providers.filter((provider) => provider.active);
    const origins = active.map(({ originKey }) => `origin eq ${JSON.stringify(originKey)}`);
    query.set('filter', `(${filter}) and (${origins.join(' or ')})`);
  }
  query.set('sortBy', 'userName');
  query.set('attributes', 'id,userName,origin');
  return createScimListResponse(
    { ...request, query },
    {
      source: { rows: users, filterTable: userTable, sortTable: userTable },
      toJson: ({ origin, id, userName }) => ({ origin, id, userName }),
      resource: 'user',
    },
  );
}

/**
 * Checks that a filter finds only users that it explicitly specifies.
 *
 * @throws ErrorResponse 400 `scim`.
 */
function checkFilter(text: string): void {
  if (text === '') throw badScimRequestError("a 'filter' parameter is required");
  let filter: Filter;
  try {
    filter = parseFilter(text);
  } catch {
    throw badScimRequestError(`Invalid filter '${text}'`);
  }
  if (!specifiesUser(filter)) throw badScimRequestError('Invalid filter attribute.');
}

/**
 * Whether the filter contains an id or a name.
 *
 * @throws ErrorResponse 400 `scim` for another operator or attribute in any of its parts.
 */
function specifiesUser(filter: Filter): boolean {
  if (filter.kind === 'and' || filter.kind === 'or') {
    const parts = [specifiesUser(filter.left), specifiesUser(filter.right)];
    return parts.includes(true);
  }
  if (filter.kind === 'present' || ['co', 'sw'].includes(filter.operator)) {
    throw badScimRequestError('Wildcards are not allowed in filter.');
  }
  if (filter.operator !== 'eq') throw badScimRequestError('Invalid operator.');
  const name = filter.attribute.toLowerCase();
  if (name === 'id' || name === 'username') return true;
  if (name === 'origin') return false;
  throw badScimRequestError('Invalid filter attribute.');
}

function createUser(input: UserInput, { state, settings }: Realm): User {
  const { users, now } = state;
  const profile = readProfile(input, input.origin || 'uaa');
  const isInternal = profile.origin === 'uaa';
  if (isInternal) checkPassword(input.password ?? '');
  const existing = users.findByName(profile.userName, profile.origin);
  if (existing) throw nameInUseError(existing, settings.behaviour.identifiesDuplicateUser);
  const user: User = {
    ...profile,
    id: randomUUID(),
    passwordHash: hashSecret(isInternal ? (input.password ?? '') : ''),
    passwordChangeRequired: false,
    passwordModifiedAt: now(),
    version: input.meta?.version ?? 0,
    createdAt: now(),
    modifiedAt: now(),
  };
  users.put(user);
  return user;
}

function nameInUseError(user: User, identifiesUser: boolean): ErrorResponse {
  const { userName, origin, active, verified, id } = user;
  const extra = identifiesUser ? { active, verified, user_id: id } : { origin };
  const message = `Username already in use: ${userName}`;
  return scimError(409, 'scim_resource_already_exists', message, extra);
}

/**
 * Replaces the profile of a user.
 *
 * @throws ErrorResponse 403 if the caller may not change the user; 404 if the user does not exist;
 *   400 for an invalid profile; 409 if the version differs.
 */
async function updateUser(
  request: SandboxRequest,
  input: UserInput,
  id: string,
  realm: Realm,
): Promise<User> {
  const { state, settings } = realm;
  const caller = await authenticateCaller(request, realm);
  const isAdministrator = caller.scope.some((name) => /^(uaa\.admin|scim\.write)$/.test(name));
  if (caller.user?.id === id && !isAdministrator) checkSelfEdit(findUser(state, id), input);
  const version = readRequiredIfMatch(request);
  const user = findUser(state, id);
  const origin = hasText(input.origin) ? input.origin : 'uaa';
  if (!settings.behaviour.canChangeOrigin) checkOrigin(user, origin);
  const profile = readProfile(input, origin);
  if (!input.name) throw unexpectedScimError();
  if (isOtherVersion(version, user)) {
    throw staleUserError(409, 'scim_resource_conflict', user, version);
  }
  const existing = state.users.findByName(profile.userName, profile.origin);
  if (existing && existing.id !== id) {
    throw badScimRequestError(`Username already in use: ${profile.userName}`);
  }
  const updated = { ...user, ...profile, version: user.version + 1, modifiedAt: state.now() };
  state.users.put(updated);
  return updated;
}

function checkOrigin(user: User, origin: string): void {
  if (origin === user.origin) return;
  throw invalidScimResourceError("Cannot change user's origin in update operation.");
}

/** Deletes a user and everything that refers to it. */
function deleteUser(request: SandboxRequest, id: string, { state, settings }: Realm): void {
  const user = findUser(state, id);
  const version = readIfMatch(request);
  if (isOtherVersion(version, user)) {
    throw staleUserError(settings.behaviour.dataErrorStatus, 'scim', user, version);
  }
  state.users.delete(id);
  state.groups.removeFromAllGroups(id);
  state.tokens.deleteByOwner({ userId: id });
  state.approvals.deleteByUser(id);
  state.lockout.clear(id);
}

/** Creates the routes of a user's account: the status, the verification and the password. */
function accountRoutes(realm: Realm): readonly Route[] {
  const { state, settings } = realm;
  return [
    route('PATCH', '/Users/:id/status', (request, { id = '' }) => {
      const status = readAccountStatus(request);
      changeStatus(status, findUser(state, id), state);
      return json(200, status);
    }),
    route('GET', '/Users/:id/verify', (request, { id = '' }) => {
      const user = findUser(state, id);
      const version = readIfMatch(request);
      if (isOtherVersion(version, user)) {
        throw staleUserError(settings.behaviour.dataErrorStatus, 'scim', user, version);
      }
      const verified = { ...user, verified: true };
      state.users.put(verified);
      return json(200, userToJson(verified, realm), { etag: etagOf(verified) });
    }),
    route('PUT', '/Users/:id/password', async (request, { id = '' }) => {
      changePassword(request, state, await authenticateCaller(request, realm), id);
      return json(200, { status: 'ok', message: 'password updated' });
    }),
    ...(settings.behaviour.hasPasswordScore ? [passwordScoreRoute] : []),
  ];
}

/**
 * Returns 0 for any password.
 *
 * @see https://github.com/cloudfoundry/uaa/pull/1104 (removes the route)
 */
const passwordScoreRoute = route('POST', '/password/score', (request) => {
  if (!readParameters(request).has('password')) throw statusError(request, 400);
  const headers = { 'x-cf-warnings': 'Endpoint+deprecated' };
  return json(200, { score: 0, requiredScore: 0 }, headers);
});

/** Unlocks an account, or forces a password change. */
function changeStatus(
  { locked, passwordChangeRequired }: ReturnType<typeof readAccountStatus>,
  user: User,
  state: State,
): void {
  if (user.origin !== 'uaa') {
    throw badScimRequestError('Can only manage users from the internal user store.');
  }
  if (locked === true) {
    throw badScimRequestError(
      'Cannot set user account to locked. User accounts only become locked through exceeding ' +
        'the allowed failed login attempts.',
    );
  }
  if (passwordChangeRequired === false) {
    throw badScimRequestError(
      'The requirement that this user change their password cannot be removed via API.',
    );
  }
  if (locked === false) state.lockout.clear(user.id);
  if (passwordChangeRequired) state.users.put({ ...user, passwordChangeRequired });
}

function changePassword(
  request: SandboxRequest,
  state: State,
  caller: CheckedToken,
  id: string,
): void {
  const { oldPassword, password = '' } = readPasswordChange(request);
  checkPermission(caller, id, oldPassword);
  const user = state.users.get(id);
  if (!user) throw scimError(401, 'bad_credentials', 'Invalid password change request');
  const isSelfService = caller.user && !caller.scope.includes('uaa.admin');
  if (isSelfService) checkOldPassword(user, oldPassword);
  if (secretMatches(password, user.passwordHash)) {
    throw invalidPasswordError('Your new password cannot be the same as the old password.', 422);
  }
  checkPassword(password);
  checkOldPassword(user, oldPassword);
  state.users.put({
    ...user,
    passwordHash: hashSecret(password),
    passwordModifiedAt: state.now(),
  });
  state.lockout.clear(id);
}

/** @throws ErrorResponse 401 if the old password is wrong. */
function checkOldPassword({ passwordHash }: User, oldPassword: string | undefined): void {
  if (oldPassword === undefined || secretMatches(oldPassword, passwordHash)) return;
  throw oauthError(401, 'unauthorized', 'Old password is incorrect', {
    challenge: challenges.resource,
  });
}

/**
 * Checks whether the caller is allowed to change a password.
 *
 * Clients can change any password. Administrators can change any password too, but must provide the
 * old one to change their own. Other users can change only their own, and must provide the old one.
 *
 * @throws ErrorResponse 400 `invalid_password`.
 */
function checkPermission(
  { user, scope }: CheckedToken,
  id: string,
  oldPassword: string | undefined,
): void {
  if (!user) return;
  const isSelf = user.id === id;
  const isAdministrator = scope.includes('uaa.admin');
  if (!isSelf && !isAdministrator) {
    throw invalidPasswordError("Not permitted to change another user's password");
  }
  if (isSelf && !hasText(oldPassword)) throw invalidPasswordError('Previous password is required');
}

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
  invalidScimResourceError,
  scimError,
  unexpectedScimError,
} from '../errors.js';
import { authenticateCaller } from '../oauth/token-check.js';
import type { Realm } from '../realm.js';
import { hasText, readParameters } from '../requests.js';
import { hashSecret, type User } from '../store/identities.js';
import { parseFilter, type Filter } from '../store/query.js';
import { deleteUserData } from '../store/state.js';
import { createScimListResponse } from './list.js';
import { readUser, type UserInput } from './requests.js';
import { createAccountRoutes } from './user-account.js';
import {
  applyUserPatch,
  checkPassword,
  checkSelfEdit,
  findUser,
  listUserApprovals,
  listUserGroups,
  readProfile,
  userTable,
  userTableWithExternalId,
  userToJson,
} from './user-profile.js';
import {
  formatEtag,
  isOtherVersion,
  readIfMatch,
  readRequiredIfMatch,
  staleUserError,
} from './versions.js';

/**
 * Creates the routes below `/Users`, and the route `/ids/Users`.
 * @see UAA 77 `ScimUserEndpoints`, `UserIdConversionEndpoints`
 */
export function createUserRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  const respond = (status: number, user: User): SandboxResponse => {
    const groups = listUserGroups(user, realm);
    const approvals = listUserApprovals(user, realm);
    const body = { ...userToJson(user, realm), groups, approvals };
    return json(status, body, { etag: formatEtag(user) });
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
    ...createAccountRoutes(realm),
  ];
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

/** Lists only IDs, names and origins of users. */
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

/** Requires a filter that specifies users by ID or name. @throws ErrorResponse 400 `scim`. */
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
 * Whether the filter contains an ID or a name.
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

/** Deletes a user and everything that refers to the user. */
function deleteUser(request: SandboxRequest, id: string, { state, settings }: Realm): void {
  const user = findUser(state, id);
  const version = readIfMatch(request);
  if (isOtherVersion(version, user)) {
    throw staleUserError(settings.behaviour.dataErrorStatus, 'scim', user, version);
  }
  if (settings.behaviour.deletesAllMemberships) state.groups.removeFromAllGroups(id);
  else state.groups.replaceByOrigin(id, user.origin, []);
  deleteUserData(state, id);
}

import { validate, isObject, parseJson } from '../../body.js';
import {
  json,
  route,
  empty,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { authenticateCaller, authorizeCaller, checkAudience } from '../oauth/bearer.js';
import { containerError } from '../servlet-container.js';
import { etagOf, readIfMatch } from './version.js';
import { challenges, oauthError } from '../oauth/error.js';
import { hashSecret, secretMatches } from '../store/secret-hash.js';
import { checkPassword, invalidPasswordError } from './password-policy.js';
import { boolean, object, optional, readScimBody, text } from './body.js';
import { badScimRequestError, scimError, unexpectedScimError } from './error.js';
import type { State } from '../store/state.js';
import type { CheckedToken } from '../oauth/token-check.js';
import type { Realm } from '../realm.js';
import { userToJson } from './user-json.js';
import { findUser } from './users.js';

/** Creates the routes `/Users/{id}/status`, `/Users/{id}/verify` and `/Users/{id}/password`. */
export function userAccountRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  return [
    route('PATCH', '/Users/:id/status', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, ['scim.write', 'uaa.account_status.write']);
      return changeStatus(request, state, id);
    }),
    ...(realm.settings.behaviour.hasMfa ? [createMfaRoute(realm)] : []),
    route('GET', '/Users/:id/verify', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, ['scim.write', 'scim.create']);
      return verifyUser(request, state, id);
    }),
    route('PUT', '/Users/:id/password', async (request, { id = '' }) => {
      const caller = await authenticateCaller(request, realm);
      checkAudience(caller, 'password');
      changePassword(request, state, caller, id);
      return json(200, { status: 'ok', message: 'password updated' });
    }),
  ];
}

/** Creates the route that resets a user's second factor. Sandbox users have none to reset. */
function createMfaRoute(realm: Realm): Route {
  return route('DELETE', '/Users/:id/mfa', async (request, { id = '' }) => {
    await authorizeCaller(request, realm, []);
    findUser(realm.state, id);
    return empty(200);
  });
}

const statusSchema = object({
  locked: optional(boolean),
  passwordChangeRequired: optional(boolean),
});

function changeStatus(request: SandboxRequest, state: State, id: string): SandboxResponse {
  const { locked, passwordChangeRequired } = readScimBody(request, statusSchema);
  const user = findUser(state, id);
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
  if (locked === false) state.lockout.clear(id);
  if (passwordChangeRequired) state.users.put({ ...user, passwordChangeRequired });
  return json(200, { locked, passwordChangeRequired });
}

function verifyUser(request: SandboxRequest, state: State, id: string): SandboxResponse {
  const version = readIfMatch(request);
  const user = findUser(state, id);
  if (typeof version === 'number' && version !== user.version) throw unexpectedScimError();
  const verified = { ...user, verified: true };
  state.users.put(verified);
  return json(200, userToJson(verified), { etag: etagOf(verified) });
}

const passwordSchema = object({ oldPassword: optional(text), password: optional(text) });

/** On this route, the servlet container returns the error for a body that is not JSON. */
function readPasswordChange(request: SandboxRequest) {
  const body = parseJson(request.body);
  if (!isObject(body)) throw containerError(request, 400);
  const { oldPassword, password } = validate(passwordSchema, body, badScimRequestError);
  if (password === undefined) throw containerError(request, 500);
  return { oldPassword, password };
}

function changePassword(
  request: SandboxRequest,
  state: State,
  caller: CheckedToken,
  id: string,
): void {
  const { oldPassword, password } = readPasswordChange(request);
  checkPermission(caller, id, oldPassword);
  checkPassword(password);
  const user = state.users.get(id);
  if (!user) {
    throw scimError(401, 'bad_credentials', 'Invalid password change request');
  }
  if (oldPassword !== undefined && !secretMatches(oldPassword, user.passwordHash)) {
    throw oauthError(401, 'unauthorized', 'Old password is incorrect', {
      challenge: challenges.resource,
    });
  }
  if (secretMatches(password, user.passwordHash)) {
    throw invalidPasswordError('Your new password cannot be the same as the old password.', 422);
  }
  state.users.put({
    ...user,
    passwordHash: hashSecret(password),
    passwordModifiedAt: state.now(),
    passwordChangeRequired: false,
  });
  state.lockout.clear(id);
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
  if (scope.includes('uaa.admin')) {
    if (isSelf && !oldPassword) {
      throw invalidPasswordError('Previous password is required even for admin');
    }
    return;
  }
  if (!isSelf) throw invalidPasswordError("Not permitted to change another user's password");
  if (!oldPassword) throw invalidPasswordError('Previous password is required');
}

import { json, route, type Route, type SandboxRequest } from '../../router.js';
import { badScimRequestError, challenges, oauthError, scimError, statusError } from '../errors.js';
import { authenticateCaller, type CheckedToken } from '../oauth/token-check.js';
import type { Realm } from '../realm.js';
import { hasText, readParameters } from '../requests.js';
import { hashSecret, matchesSecret, type User } from '../store/identities.js';
import type { State } from '../store/state.js';
import { readAccountStatus, readPasswordChange } from './requests.js';
import { checkPassword, findUser, invalidPasswordError, userToJson } from './user-profile.js';
import { formatEtag, isOtherVersion, readIfMatch, staleUserError } from './versions.js';

/** Creates the routes for a user's status, verification and password. */
export function createAccountRoutes(realm: Realm): readonly Route[] {
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
      return json(200, userToJson(verified, realm), { etag: formatEtag(verified) });
    }),
    route('PUT', '/Users/:id/password', async (request, { id = '' }) => {
      changePassword(request, state, await authenticateCaller(request, realm), id);
      return json(200, { status: 'ok', message: 'password updated' });
    }),
    ...(settings.behaviour.hasPasswordScore ? [passwordScoreRoute] : []),
  ];
}

/** Returns 0 for any password. @see https://github.com/cloudfoundry/uaa/pull/1104 (removes the route) */
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
  if (matchesSecret(password, user.passwordHash)) {
    throw invalidPasswordError('Your new password cannot be the same as the old password.', 422);
  }
  checkPassword(password);
  checkOldPassword(user, oldPassword);
  state.users.put({ ...user, passwordHash: hashSecret(password), passwordModifiedAt: state.now() });
  state.lockout.clear(id);
}

/** @throws ErrorResponse 401 if the old password is wrong. */
function checkOldPassword({ passwordHash }: User, oldPassword: string | undefined): void {
  if (oldPassword === undefined || matchesSecret(oldPassword, passwordHash)) return;
  throw oauthError(401, 'unauthorized', 'Old password is incorrect', {
    challenge: challenges.resource,
  });
}

/**
 * Checks whether the caller is allowed to change a password.
 *
 * Clients can change any password. Administrators can change any password too, but must provide the
 * old one to change their own. Other users can change only their own, and must provide the old one.
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

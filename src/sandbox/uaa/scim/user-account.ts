import {
  badScimRequestError,
  challenges,
  oauthError,
  scimError,
  statusError,
  unexpectedScimError,
} from '../errors.js';
import { hasText } from '../requests.js';
import {
  json,
  route,
  type Route,
  type SandboxRequest,
  type SandboxResponse,
} from '../../router.js';
import { javaBoolean } from '../jackson/java-boolean.js';
import { javaBean, javaString, parseJava } from '../jackson/java-types.js';
import { JsonError } from '../jackson/json-error.js';
import { authenticateCaller, authorizeCaller, checkAudience } from '../oauth/bearer.js';
import { etagOf, isOtherVersion, readIfMatch } from './version.js';
import { hashSecret, secretMatches } from '../store/secret-hash.js';
import { checkPassword, invalidPasswordError } from './password-policy.js';
import { isJsonType } from '../requests.js';
import { readJavaBody } from './java-body.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';
import type { CheckedToken } from '../oauth/token-check.js';
import type { Realm } from '../realm.js';
import { userToJson } from './user-json.js';
import { findUser } from './users.js';

/** Creates the routes of a user's account: the status, the verification and the password. */
export function userAccountRoutes(realm: Realm): readonly Route[] {
  const { state } = realm;
  return [
    route('PATCH', '/Users/:id/status', async (request, { id = '' }) => {
      await authorizeCaller(request, realm, ['scim.write', 'uaa.account_status.write']);
      return changeStatus(request, state, id);
    }),
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

const statusClass = 'org.cloudfoundry.identity.uaa.account.UserAccountStatus';

const statusBody = {
  type: javaBean(statusClass, { locked: javaBoolean, passwordChangeRequired: javaBoolean }),
  method:
    `public ${statusClass} org.cloudfoundry.identity.uaa.scim.endpoints.ScimUserEndpoints` +
    `.updateAccountStatus(${statusClass},java.lang.String)`,
};

function changeStatus(request: SandboxRequest, state: State, id: string): SandboxResponse {
  const { locked, passwordChangeRequired } = readJavaBody(request, statusBody);
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
  if (!prefersJson(request)) throw statusError(request, 500);
  const result = {
    locked: locked ?? undefined,
    passwordChangeRequired: passwordChangeRequired ?? undefined,
  };
  return { ...json(200, result, { 'cache-control': 'no-store' }) };
}

/** Whether JSON is the first of the accepted types. The real server has no other view of the status. */
function prefersJson({ headers }: SandboxRequest): boolean {
  const types = (headers['accept'] ?? '').split(',').map((entry) => ({
    type: (entry.split(';')[0] ?? '').trim().toLowerCase(),
    quality: Number(/;\s*q=([\d.]+)/i.exec(entry)?.[1] ?? 1),
  }));
  const [first] = types.sort((a, b) => b.quality - a.quality);
  return first?.type === 'application/json' || first?.type === 'application/*';
}

function verifyUser(request: SandboxRequest, state: State, id: string): SandboxResponse {
  const version = readIfMatch(request, 'invalid');
  const user = findUser(state, id);
  if (isOtherVersion(version, user)) throw unexpectedScimError();
  const verified = { ...user, verified: true };
  state.users.put(verified);
  return json(200, userToJson(verified), { etag: etagOf(verified) });
}

const passwordChangeType = javaBean('PasswordChangeRequest', {
  oldPassword: javaString,
  password: javaString,
});

/**
 * Reads the passwords. On this route, the errors for invalid bodies come from the servlet container.
 *
 * @throws ErrorResponse 400 or 415.
 */
function readPasswordChange(request: SandboxRequest) {
  if (!isJsonType(request.headers['content-type'] ?? '')) throw statusError(request, 415);
  try {
    const change = request.body === '' ? null : parseJava(passwordChangeType, request.body);
    if (change) return change;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
  }
  throw statusError(request, 400);
}

function changePassword(
  request: SandboxRequest,
  state: State,
  caller: CheckedToken,
  id: string,
): void {
  const { oldPassword = null, password = null } = readPasswordChange(request);
  const user = state.users.get(id);
  checkPermission(caller, id, oldPassword);
  const isSelfService = caller.user && !caller.scope.includes('uaa.admin');
  if (isSelfService) checkOldPassword(user, oldPassword);
  if (!user) {
    throw scimError(401, 'bad_credentials', 'Invalid password change request');
  }
  if (password === null) throw statusError(request, 500);
  if (secretMatches(password, user.passwordHash)) {
    throw invalidPasswordError('Your new password cannot be the same as the old password.', 422);
  }
  checkPassword(password);
  checkOldPassword(user, oldPassword);
  state.users.put({
    ...user,
    passwordHash: hashSecret(password),
    passwordModifiedAt: state.now(),
    passwordChangeRequired: false,
  });
  state.lockout.clear(id);
}

/** @throws ErrorResponse 401 if the old password is wrong. */
function checkOldPassword(user: User | undefined, oldPassword: string | null): void {
  if (!user || oldPassword === null || secretMatches(oldPassword, user.passwordHash)) return;
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
  oldPassword: string | null,
): void {
  if (!user) return;
  const isSelf = user.id === id;
  if (scope.includes('uaa.admin')) {
    if (isSelf && !hasText(oldPassword)) {
      throw invalidPasswordError('Previous password is required even for admin');
    }
    return;
  }
  if (!isSelf) throw invalidPasswordError("Not permitted to change another user's password");
  if (!hasText(oldPassword)) throw invalidPasswordError('Previous password is required');
}

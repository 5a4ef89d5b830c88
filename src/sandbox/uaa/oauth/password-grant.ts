import { isObject, parseJson } from '../../body.js';
import type { ErrorResponse, SandboxRequest } from '../../router.js';
import type { Behaviour } from '../behaviour.js';
import { challenges, oauthError } from './error.js';
import type { Realm } from '../realm.js';
import type { State } from '../store/state.js';
import { authenticateUser, type LoginFailure } from './user-authentication.js';
import type { User } from '../store/users.js';

/** A successful authentication of a user. */
export interface UserAuthentication {
  readonly user: User;
  /** Time of the login in epoch seconds; undefined for a passcode. */
  readonly authTime?: number;
  readonly isByPasscode: boolean;
}

/**
 * Whether the request is handled as a passcode grant. The real server requires `Accept`, if
 * present, to start with a JSON or form type; with any other value, a passcode is ignored.
 */
export function isPasscodeGrant({ headers }: SandboxRequest, fields: URLSearchParams): boolean {
  const accept = headers['accept'];
  return (
    fields.has('passcode') &&
    (accept === undefined || /^\s*application\/(json|x-www-form-urlencoded)\b/.test(accept))
  );
}

/**
 * Authenticates a user by passcode. The passcode becomes invalid.
 *
 * @throws ErrorResponse 401 if the passcode is missing or invalid.
 */
export function authenticateByPasscode(
  { method }: SandboxRequest,
  fields: URLSearchParams,
  { passcodes, users }: State,
): UserAuthentication {
  const passcode = fields.get('passcode') ?? '';
  if (method !== 'POST') {
    throw loginError('Credentials must be sent by (one of methods): [POST]', challenges.passcode);
  }
  if (passcode === '') throw loginError('Passcode information is missing.', challenges.passcode);
  const user = users.get(passcodes.redeem(passcode) ?? '');
  if (!user) throw loginError('Invalid passcode', challenges.passcode);
  return { user, isByPasscode: true };
}

/**
 * Authenticates a user by name and password.
 *
 * @param challenge - prefix of the `WWW-Authenticate` header.
 * @throws ErrorResponse 401 if the credentials are rejected; 403 if the account is not verified.
 */
export function authenticateByPassword(
  fields: URLSearchParams,
  { state, settings: { behaviour } }: Realm,
  challenge: string = challenges.client,
): UserAuthentication {
  checkLoginHint(fields.get('login_hint'));
  const password = fields.get('password');
  if (password === null) throw loginError('No password supplied', challenge);
  const user = authenticateUser(state, fields.get('username') ?? '', password);
  if (typeof user === 'string') throw loginErrors[user](challenge, behaviour);
  return { user, authTime: Math.floor(state.now() / 1000), isByPasscode: false };
}

/**
 * Rejects a hint with an origin other than `uaa`, because only the internal user store has
 * passwords. Hints that are not JSON objects are ignored.
 */
function checkLoginHint(hint: string | null): void {
  const value = hint === null ? undefined : parseJson(decodeLoginHint(hint));
  if (!isObject(value) || value['origin'] === 'uaa') return;
  throw loginError(
    'The origin provided in the login_hint does not match an active Identity Provider, ' +
      'that supports password grant.',
  );
}

function decodeLoginHint(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

const loginErrors: Record<
  LoginFailure,
  (challenge: string, behaviour: Behaviour) => ErrorResponse
> = {
  badCredentials: (challenge, { badCredentialsError }) =>
    loginError('Bad credentials', challenge, badCredentialsError),
  locked: (challenge) =>
    loginError(
      'Your account has been locked because of too many failed attempts to login.',
      challenge,
    ),
  unverified: (challenge) =>
    oauthError(403, 'access_denied', 'Account not verified', { challenge }),
  changeRequired: (challenge) => loginError('password change required', challenge),
};

function loginError(
  description: string,
  challenge: string = challenges.client,
  error = 'unauthorized',
): ErrorResponse {
  return oauthError(401, error, description, { challenge, challengeError: 'unauthorized' });
}

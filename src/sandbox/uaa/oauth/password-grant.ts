import { isObject, parseJson } from '../../body.js';
import type { ErrorResponse, SandboxRequest } from '../../router.js';
import type { Behaviour } from '../behaviour.js';
import { challenges, oauthError } from './error.js';
import type { Realm } from '../realm.js';
import type { State } from '../store/state.js';
import { login, type LoginFailure } from './user-login.js';
import type { User } from '../store/users.js';

/** A user that the password grant accepts. */
export interface GrantedUser {
  readonly user: User;
  /** Epoch seconds; absent after a passcode. */
  readonly authTime?: number;
  readonly byPasscode: boolean;
}

/**
 * Whether the request has a passcode instead of a password. The real server checks only the first
 * entry of Accept, so `Accept: *` + `/*` sends the request to the ordinary chain.
 */
export function isPasscodeGrant({ headers }: SandboxRequest, fields: URLSearchParams): boolean {
  const accept = headers['accept'];
  return (
    fields.has('passcode') &&
    (accept === undefined || /^\s*application\/(json|x-www-form-urlencoded)\b/.test(accept))
  );
}

/**
 * Finds the user of a passcode, which becomes invalid.
 *
 * @throws ErrorResponse 401.
 */
export function passcodeUser(
  { method }: SandboxRequest,
  fields: URLSearchParams,
  { passcodes, users }: State,
): GrantedUser {
  const passcode = fields.get('passcode') ?? '';
  if (method !== 'POST') {
    throw loginError('Credentials must be sent by (one of methods): [POST]', challenges.passcode);
  }
  if (passcode === '') throw loginError('Passcode information is missing.', challenges.passcode);
  const user = users.get(passcodes.take(passcode) ?? '');
  if (!user) throw loginError('Invalid passcode', challenges.passcode);
  return { user, byPasscode: true };
}

/**
 * Finds the user with this name and password.
 *
 * @param challenge - start of the `WWW-Authenticate` header.
 * @throws ErrorResponse 401 or 403.
 */
export function passwordUser(
  fields: URLSearchParams,
  { state, settings: { behaviour } }: Realm,
  challenge: string = challenges.client,
): GrantedUser {
  checkOrigin(fields.get('login_hint'));
  const password = fields.get('password');
  if (password === null) throw loginError('No password supplied', challenge);
  const user = login(state, fields.get('username') ?? '', password);
  if (typeof user === 'string') throw failures[user](challenge, behaviour);
  return { user, authTime: Math.floor(state.now() / 1000), byPasscode: false };
}

/** A hint that is not a JSON object is ignored; only the internal store has passwords. */
function checkOrigin(hint: string | null): void {
  const value = hint === null ? undefined : parseJson(decode(hint));
  if (!isObject(value) || value['origin'] === 'uaa') return;
  throw loginError(
    'The origin provided in the login_hint does not match an active Identity Provider, ' +
      'that supports password grant.',
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

const failures: Record<LoginFailure, (challenge: string, behaviour: Behaviour) => ErrorResponse> = {
  bad: (challenge, { badCredentials }) => loginError('Bad credentials', challenge, badCredentials),
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

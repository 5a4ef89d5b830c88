import { challenges, oauthError } from '../errors.js';
import { readParameters } from '../requests.js';
import { isObject, parseJson } from '../../body.js';
import type { SandboxRequest } from '../../router.js';
import { authenticateUser, type LoginFailure } from '../oauth/user-login.js';
import type { Realm } from '../realm.js';
import type { Principal } from './authorization-request.js';

/**
 * Authenticates the user of an authorization request by the username and password in its form, or
 * in a JSON object in the parameter `credentials`.
 *
 * @throws ErrorResponse 401.
 * @see UAA 4.30.0 `AuthzAuthenticationFilter`
 */
export function authenticateByCredentials(request: SandboxRequest, { state }: Realm): Principal {
  const credentials = readCredentials(request);
  if (credentials.size === 0) throw createLoginError('Request does not contain credentials.');
  if (request.method !== 'POST') {
    throw createLoginError('Credentials must be sent by (one of methods): [POST]');
  }
  const password = credentials.get('password');
  if (password === undefined) throw createLoginError('No password supplied');
  const name = credentials.get('username') ?? '';
  const user = authenticateUser(state, name, password);
  if (typeof user === 'string') throw createLoginError(failureDescriptions[user]);
  return { user, authTime: Math.floor(state.now() / 1000) };
}

function readCredentials(request: SandboxRequest): ReadonlyMap<string, string> {
  const fields = readParameters(request);
  const credentials = new Map<string, string>();
  for (const name of ['username', 'password', 'passcode', 'credentials']) {
    const value = fields.get(name);
    if (value === null) continue;
    if (!value.startsWith('{')) credentials.set(name, value);
    const members = value.startsWith('{') ? parseJson(value) : undefined;
    if (!isObject(members)) continue;
    for (const [key, member] of Object.entries(members)) credentials.set(key, String(member));
  }
  return credentials;
}

/** Error descriptions of failed logins. */
export const failureDescriptions: Readonly<Record<LoginFailure, string>> = {
  badCredentials: 'Bad credentials',
  locked: 'Your account has been locked because of too many failed attempts to login.',
  unverified: 'Account not verified',
  changeRequired: 'password change required',
};

/** Creates the error of the filters that authenticate users without the login page. */
export function createLoginError(description: string) {
  return oauthError(401, 'unauthorized', description, { challenge: challenges.passcode });
}

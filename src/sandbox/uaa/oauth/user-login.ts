import { isObject, parseJson } from '../../body.js';
import type { ErrorResponse, SandboxRequest } from '../../router.js';
import type { Behaviour } from '../behaviour.js';
import { challenges, oauthError } from '../errors.js';
import type { Realm } from '../realm.js';
import type { Client } from '../store/clients.js';
import { secretMatches } from '../store/secret-hash.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';
import { parseScope, resolveUserScopes } from './scopes.js';

/** A successful authentication of a user. */
export interface UserAuthentication {
  readonly user: User;
  /** Time of the login in epoch seconds; undefined for a passcode or an assertion. */
  readonly authTime?: number | undefined;
}

/** Why a login failed. */
export type LoginFailure = 'badCredentials' | 'locked' | 'unverified' | 'changeRequired';

/**
 * Authenticates a user of the internal store by name and password. The result is `badCredentials`
 * for an unknown user, an inactive user and a wrong password. A locked account rejects even the
 * correct password.
 */
export function authenticateUser(
  state: State,
  userName: string,
  password: string,
): User | LoginFailure {
  const { users, lockout } = state;
  const user = users.findByName(userName, 'uaa');
  if (!user?.active) return 'badCredentials';
  if (lockout.isLocked(user.id)) return 'locked';
  if (password === '' || !secretMatches(password, user.passwordHash)) {
    lockout.addFailure(user.id);
    return 'badCredentials';
  }
  lockout.clear(user.id);
  if (!user.verified) return 'unverified';
  if (user.passwordChangeRequired) return 'changeRequired';
  return recordLogon(state, user);
}

/** Stores the time of a successful login, and returns the updated user. */
export function recordLogon({ users, now }: State, user: User): User {
  const { lastLogonAt } = user;
  const updatedUser = {
    ...user,
    ...(lastLogonAt !== undefined && { previousLogonAt: lastLogonAt }),
    lastLogonAt: now(),
  };
  users.put(updatedUser);
  return updatedUser;
}

/** The identity provider that a client suggests for a login. */
export interface LoginHint {
  readonly origin: string;
}

/**
 * Parses the parameter `login_hint`, which cf sends for `--origin`: `{"origin":"NAME"}`, encoded for
 * a URL.
 *
 * @returns undefined if the parameter is missing or has another format; the server ignores it.
 */
export function parseLoginHint(text: string | null): LoginHint | undefined {
  const hint = parseJson(decodeEscapes(text ?? ''));
  const origin = isObject(hint) ? hint['origin'] : undefined;
  return typeof origin === 'string' ? { origin } : undefined;
}

function decodeEscapes(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Whether a request contains a passcode. If the request accepts all types, as with curl, it is
 * handled as a login with a password, and the passcode remains valid.
 */
export function hasPasscode({ headers }: SandboxRequest, fields: URLSearchParams): boolean {
  return fields.has('passcode') && /^(application\/json\b|$)/.test(headers['accept'] ?? '');
}

/**
 * Authenticates a user by passcode, which can be used only once.
 *
 * @throws ErrorResponse 401 if the passcode is invalid.
 */
export function authenticateByPasscode(
  fields: URLSearchParams,
  { state: { passcodes, users } }: Realm,
): UserAuthentication {
  const passcode = fields.get('passcode') ?? '';
  const user = users.get(passcodes.redeem(passcode) ?? '');
  if (user?.active) return { user };
  const description = passcode === '' ? 'Passcode information is missing.' : 'Invalid passcode';
  throw loginError(description, 'unauthorized', challenges.passcode);
}

/**
 * Authenticates a user by name and password. The sandbox has no LDAP server, so it rejects all
 * passwords for the origin `ldap`.
 *
 * @throws ErrorResponse 401 if the origin or the credentials are rejected; 403 if the account is not
 *   verified.
 */
export function authenticateByPassword(
  fields: URLSearchParams,
  { state, settings: { behaviour } }: Realm,
): UserAuthentication {
  const origin = parseLoginHint(fields.get('login_hint'))?.origin ?? 'uaa';
  const isUsable = state.providers.some(
    ({ active, type, originKey }) =>
      active && ['uaa', 'ldap'].includes(type) && originKey === origin,
  );
  if (!isUsable) throw loginError(unusableProviderText);
  const password = fields.get('password');
  if (password === null) throw loginError('No password supplied', behaviour.badCredentialsError);
  const user =
    origin === 'uaa'
      ? authenticateUser(state, fields.get('username') ?? '', password)
      : 'badCredentials';
  if (typeof user === 'string') throw createLoginError(user, behaviour);
  return { user, authTime: Math.floor(state.now() / 1000) };
}

const unusableProviderText =
  'The origin provided in the login_hint does not match an active Identity Provider, ' +
  'that supports password grant.';

export const failureDescriptions: Readonly<Record<LoginFailure, string>> = {
  badCredentials: 'Bad credentials',
  locked: 'Your account has been locked because of too many failed attempts to login.',
  unverified: 'Account not verified',
  changeRequired: 'password change required',
};

function createLoginError(failure: LoginFailure, behaviour: Behaviour): ErrorResponse {
  const text = failureDescriptions[failure];
  if (failure === 'badCredentials') return loginError(text, behaviour.badCredentialsError);
  if (failure !== 'unverified') return loginError(text);
  return oauthError(403, 'access_denied', text, { challenge: challenges.client });
}

/** Creates the error for a failed login at the token endpoint. */
export function loginError(
  description: string,
  error = 'unauthorized',
  challenge: string = challenges.client,
): ErrorResponse {
  const challengeError = error === 'invalid_client' ? 'unauthorized' : error;
  return oauthError(401, error, description, { challenge, challengeError });
}

/**
 * Checks that an authenticated user may use the client: the requested scopes, the required groups
 * and the identity provider.
 *
 * @returns the scopes to grant.
 * @throws ErrorResponse 400 `invalid_scope`, or 401 `unauthorized_client`.
 */
export function checkUserAccess(
  { state }: Realm,
  client: Client,
  user: User,
  fields: URLSearchParams,
  challenge: string,
): readonly string[] {
  const groups = state.groups.findUserScopes(user.id);
  const scope = resolveUserScopes(client, groups, parseScope(fields.get('scope')));
  if (typeof scope === 'string') throw oauthError(400, 'invalid_scope', scope, { challenge });
  const allowed = client.information['allowedproviders'];
  if (!Array.isArray(allowed) || allowed.includes(user.origin)) return scope;
  const description =
    allowed.length === 0
      ? 'Client is not authorized for any identity providers.'
      : "Client is not authorized for specified user's identity provider.";
  throw oauthError(401, 'unauthorized_client', description, { challenge });
}

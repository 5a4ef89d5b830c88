import { isObject, parseJson, toList } from '../../json.js';
import { decodePercent, type ErrorResponse, type SandboxRequest } from '../../router.js';
import type { Behaviour } from '../uaa-releases.js';
import { challenges, oauthError, type Challenge } from '../errors.js';
import type { Realm } from '../realm.js';
import { acceptsProvider, matchesSecret, type Client, type User } from '../store/identities.js';
import type { State } from '../store/state.js';
import { parseScope, resolveUserScopes } from './scopes.js';

export interface UserAuthentication {
  readonly user: User;
  /** Time of the login in epoch seconds; undefined for a passcode or an assertion. */
  readonly authTime?: number | undefined;
}

interface PasswordLogin {
  readonly userName: string;
  readonly password: string;
  readonly origin?: string | undefined;
}

type LoginFailure = 'badCredentials' | 'locked' | 'unverified' | 'changeRequired';

/**
 * Authenticates a user by name and password. The result is `badCredentials` for an unknown user, an
 * inactive user and a wrong password. A locked account rejects even the correct password.
 * @param origin - the identity provider. The sandbox has no LDAP server, so only the internal store
 *   `uaa` accepts passwords.
 */
export function authenticateUser(
  state: State,
  { userName, password, origin = 'uaa' }: PasswordLogin,
): User | LoginFailure {
  if (origin !== 'uaa') return 'badCredentials';
  const { users, lockout } = state;
  const user = users.findByName(userName, origin);
  if (!user?.active) return 'badCredentials';
  if (lockout.isLocked(user.id)) return 'locked';
  if (password === '' || !matchesSecret(password, user.passwordHash)) {
    lockout.addFailure(user.id);
    return 'badCredentials';
  }
  lockout.clear(user.id);
  if (!user.verified) return 'unverified';
  if (user.passwordChangeRequired) return 'changeRequired';
  return recordLogon(state, user);
}

/** Stores the time of the login with the user. */
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

/**
 * Parses the parameter `login_hint`, which cf sends for `--origin`: `{"origin":"NAME"}`, encoded for
 * a URL.
 * @returns the origin; undefined if the parameter is missing or has another format, because the server
 *   ignores it.
 */
export function parseLoginHint(text: string | null): string | undefined {
  const hint = parseJson(decodePercent(text ?? ''));
  const origin = isObject(hint) ? hint['origin'] : undefined;
  return typeof origin === 'string' ? origin : undefined;
}

/**
 * Whether a request is a login with a passcode. If the request accepts all types, as with curl, the
 * passcode is ignored and remains valid.
 */
export function hasPasscode({ headers }: SandboxRequest, fields: URLSearchParams): boolean {
  return fields.has('passcode') && /^(application\/json\b|$)/.test(headers['accept'] ?? '');
}

/**
 * Authenticates a user by passcode, which can be used only once.
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
 * Authenticates a user by the name and password in a token request.
 * @throws ErrorResponse 401 if the origin or the credentials are rejected; 403 if the account is not
 *   verified.
 */
export function authenticateByPassword(
  fields: URLSearchParams,
  { state, settings: { behaviour } }: Realm,
): UserAuthentication {
  const origin = parseLoginHint(fields.get('login_hint')) ?? 'uaa';
  const isUsable = state.providers.some(
    ({ active, type, originKey }) =>
      active && ['uaa', 'ldap'].includes(type) && originKey === origin,
  );
  if (!isUsable) throw loginError(unusableProviderText);
  const password = fields.get('password');
  if (password === null) throw loginError('No password supplied', behaviour.badCredentialsError);
  const userName = fields.get('username') ?? '';
  const user = authenticateUser(state, { userName, password, origin });
  if (typeof user === 'string') throw loginFailureError(user, behaviour);
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

function loginFailureError(failure: LoginFailure, behaviour: Behaviour): ErrorResponse {
  const text = failureDescriptions[failure];
  if (failure === 'badCredentials') return loginError(text, behaviour.badCredentialsError);
  if (failure !== 'unverified') return loginError(text);
  return oauthError(403, 'access_denied', text, { challenge: challenges.client });
}

export function loginError(
  description: string,
  error = 'unauthorized',
  challenge: Challenge = challenges.client,
): ErrorResponse {
  const challengeError = error === 'invalid_client' ? 'unauthorized' : error;
  return oauthError(401, error, description, { challenge, challengeError });
}

/**
 * Checks that an authenticated user has the requested scopes and the groups that the client requires, and
 * that the client accepts the user's identity provider.
 * @returns the scopes to grant.
 * @throws ErrorResponse 400 `invalid_scope`, or 401 `unauthorized_client`.
 */
export function checkUserAccess(
  { state }: Realm,
  client: Client,
  user: User,
  fields: URLSearchParams,
  challenge: Challenge,
): readonly string[] {
  const groups = state.groups.findUserScopes(user.id);
  const resolved = resolveUserScopes(client, groups, parseScope(fields.get('scope')));
  if ('problem' in resolved) {
    throw oauthError(400, 'invalid_scope', resolved.problem, { challenge });
  }
  if (acceptsProvider(client, user.origin)) return resolved.scope;
  const description =
    toList(client.information['allowedproviders']).length === 0
      ? 'Client is not authorized for any identity providers.'
      : "Client is not authorized for specified user's identity provider.";
  throw oauthError(401, 'unauthorized_client', description, { challenge });
}

/** @see RFC 7523 */
export const jwtBearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** @see RFC 7522 */
export const saml2BearerGrant = 'urn:ietf:params:oauth:grant-type:saml2-bearer';

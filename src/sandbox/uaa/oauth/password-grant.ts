import { challenges, oauthError } from '../errors.js';
import { isObject } from '../../body.js';
import type { ErrorResponse, SandboxRequest } from '../../router.js';
import { findPasswordProviders, wrongProviderText } from './allowed-providers.js';
import type { Behaviour } from '../behaviour.js';
import { toText } from '../requests.js';
import { parseJson } from '../../body.js';
import { parseLoginHint } from './login-hint.js';
import type { Realm } from '../realm.js';
import type { Client } from '../store/clients.js';
import type { State } from '../store/state.js';
import { authenticateUser, type LoginFailure } from './user-authentication.js';
import type { User } from '../store/users.js';

/** A successful authentication of a user. */
export interface UserAuthentication {
  readonly user: User;
  /** Time of the login in epoch seconds; undefined for a passcode. */
  readonly authTime?: number | undefined;
  /** The claim `amr`; null omits it. Default: `pwd` if `authTime` is set. */
  readonly methods?: readonly string[] | null | undefined;
}

/**
 * Whether the request is handled as a passcode grant. The real server requires `Accept`, if
 * present, to start with a JSON or form type; with any other value, a passcode is ignored.
 */
export function isPasscodeGrant({ headers }: SandboxRequest, fields: URLSearchParams): boolean {
  const accept = headers['accept'];
  return (
    (fields.get('grant_type') ?? '').startsWith('password') &&
    fields.has('passcode') &&
    (accept === undefined || /^\s*application\/(json|x-www-form-urlencoded)\b/.test(accept))
  );
}

/**
 * Authenticates a user by passcode, which can be used only once. If the credentials do not contain a
 * passcode, checks the password instead.
 *
 * @throws ErrorResponse 401 if the passcode is invalid.
 */
export function authenticateByPasscode(
  { method }: SandboxRequest,
  fields: URLSearchParams,
  realm: Realm,
): UserAuthentication {
  const passcode = readPasscode(fields);
  if (passcode === undefined) return authenticateWithoutPasscode(fields, realm);
  if (method !== 'POST') {
    throw loginError('Credentials must be sent by (one of methods): [POST]', challenges.passcode);
  }
  if (passcode === '') throw loginError('Passcode information is missing.', challenges.passcode);
  const { passcodes, users } = realm.state;
  const userId = passcodes.redeem(passcode);
  if (userId === undefined) throw loginError('Invalid passcode', challenges.passcode);
  const user = users.get(userId);
  if (!user?.active) throw loginError('Invalid user.', challenges.passcode);
  return { user };
}

/**
 * Reads the passcode from the field `passcode`, or from a JSON object in any of the fields. The last
 * field takes precedence.
 *
 * @see UAA 4.30.0 `PasscodeAuthenticationFilter`
 */
function readPasscode(fields: URLSearchParams): string | undefined {
  const credentials: Record<string, string | null> = {};
  for (const name of ['username', 'password', 'passcode', 'credentials', 'origin', 'user_id']) {
    const value = fields.get(name);
    if (value === null) continue;
    Object.assign(credentials, value.startsWith('{') ? readTexts(value) : { [name]: value });
  }
  return credentials['passcode'] ?? undefined;
}

function readTexts(json: string): Readonly<Record<string, string | null>> {
  const value = parseJson(json);
  if (!isObject(value)) return {};
  const texts = Object.entries(value).map(([name, item]) => [name, toText(item)] as const);
  return texts.some(([, text]) => text === undefined)
    ? {}
    : (Object.fromEntries(texts) as Record<string, string | null>);
}

/**
 * Authenticates a user in the password grant, at a provider that the client may use.
 *
 * @param client - undefined if the client is not authenticated.
 * @throws ErrorResponse 401 if the provider or the credentials are rejected; 403 if the account is
 *   not verified.
 * @see UAA 4.30.0 `PasswordGrantAuthenticationManager`
 */
export function authenticateForPasswordGrant(
  fields: URLSearchParams,
  client: Client | undefined,
  realm: Realm,
): UserAuthentication {
  if (!client) throw loginError('No client authentication found.');
  const origin = selectProvider(fields, client, realm.state);
  return checkPassword(fields, realm, challenges.client, origin);
}

function selectProvider(fields: URLSearchParams, client: Client, state: State): string {
  const { usable, allowed } = findPasswordProviders(client, state);
  const hint = parseLoginHint(fields.get('login_hint'));
  if (hint) {
    if (hint.origin !== null && usable.includes(hint.origin)) return hint.origin;
    const isAllowed = allowed?.includes(hint.origin) ?? true;
    throw loginError(isAllowed ? unsuitableProviderText : wrongProviderText);
  }
  // The real server tries the internal store first.
  const [first] = usable;
  if (first === undefined) throw loginError(noProviderText);
  return usable.includes('uaa') ? 'uaa' : first;
}

const unsuitableProviderText =
  'The origin provided in the login_hint does not match an active Identity Provider, ' +
  'that supports password grant.';
const noProviderText =
  'The client is not authorized for any identity provider that supports password grant.';

/**
 * Authenticates a user by name and password in the passcode grant.
 *
 * @throws ErrorResponse 401 if the login hint or the credentials are rejected; 403 if the account is
 *   not verified.
 */
function authenticateWithoutPasscode(fields: URLSearchParams, realm: Realm): UserAuthentication {
  const origin = parseLoginHint(fields.get('login_hint'))?.origin ?? 'uaa';
  if (origin !== 'uaa') {
    throw loginError('The origin provided in the login hint is invalid.', challenges.passcode);
  }
  return checkPassword(fields, realm, challenges.passcode, origin);
}

/** The sandbox has no LDAP server, so it rejects all passwords for origins other than `uaa`. */
function checkPassword(
  fields: URLSearchParams,
  { state, settings: { behaviour } }: Realm,
  challenge: string,
  origin: string,
): UserAuthentication {
  const password = fields.get('password');
  if (password === null) throw loginError('No password supplied', challenge);
  const user =
    origin === 'uaa'
      ? authenticateUser(state, fields.get('username') ?? '', password)
      : 'badCredentials';
  if (typeof user === 'string') throw loginErrors[user](challenge, behaviour);
  return { user, authTime: Math.floor(state.now() / 1000) };
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

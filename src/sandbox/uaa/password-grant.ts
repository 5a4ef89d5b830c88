import type { SandboxRequest } from '../router.js';
import { challenges, oauthRefusal } from './oauth-error.js';
import { Refusal } from './refusal.js';
import type { State } from './state.js';
import { login } from './user-login.js';
import type { LoginFailure } from './user-login.js';
import type { User } from './user-store.js';

/** A user whom the password grant accepts. */
export interface GrantedUser {
  readonly user: User;
  /** Epoch seconds; absent after a passcode. */
  readonly authTime?: number;
}

/**
 * The user of a password grant, by name and password or by a passcode.
 *
 * @throws Refusal 401 or 403.
 */
export function passwordUser(
  request: SandboxRequest,
  fields: URLSearchParams,
  state: State,
): GrantedUser {
  const passcode = fields.get('passcode');
  if (passcode !== null && takesPasscode(request)) return passcodeUser(passcode, state);
  return namedUser(fields, state);
}

/** The passcode chain looks at the first entry of Accept alone. */
function takesPasscode({ method, headers }: SandboxRequest): boolean {
  const accept = headers['accept'];
  if (method !== 'POST') return false;
  if (accept === undefined) return true;
  return /^\s*application\/(json|x-www-form-urlencoded)\b/.test(accept);
}

function passcodeUser(passcode: string, { passcodes, users }: State): GrantedUser {
  if (passcode === '') throw userRefusal('Passcode information is missing.', challenges.passcode);
  const user = users.get(passcodes.take(passcode) ?? '');
  if (!user) throw userRefusal('Invalid passcode', challenges.passcode);
  return { user };
}

function namedUser(fields: URLSearchParams, state: State): GrantedUser {
  const password = fields.get('password');
  checkOrigin(fields.get('login_hint'));
  if (password === null) throw userRefusal('No password supplied');
  const user = login(state, fields.get('username') ?? '', password);
  if (typeof user === 'string') throw failures[user]();
  return { user, authTime: Math.floor(state.now() / 1000) };
}

/** A hint that is no JSON is ignored; a provider other than the internal store has no passwords. */
function checkOrigin(hint: string | null): void {
  const origin = originOf(hint);
  if (origin !== undefined && origin !== 'uaa') {
    throw userRefusal(
      'The origin provided in the login_hint does not match an active Identity Provider, ' +
        'that supports password grant.',
    );
  }
}

function originOf(hint: string | null): string | undefined {
  try {
    const value: unknown = JSON.parse(hint ?? '');
    if (typeof value !== 'object' || value === null || !('origin' in value)) return undefined;
    return typeof value.origin === 'string' ? value.origin : undefined;
  } catch {
    return undefined;
  }
}

const failures: Record<LoginFailure, () => Refusal> = {
  bad: () => userRefusal('Bad credentials'),
  locked: () =>
    userRefusal('Your account has been locked because of too many failed attempts to login.'),
  unverified: () =>
    oauthRefusal(
      { status: 403, error: 'access_denied', description: 'Account not verified' },
      challenges.client,
    ),
  changeRequired: () => userRefusal('password change required'),
};

function userRefusal(description: string, challenge: string = challenges.client): Refusal {
  return oauthRefusal({ status: 401, error: 'unauthorized', description }, challenge);
}

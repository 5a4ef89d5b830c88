import { isObject, parseJson } from '../../body.js';
import { hashSecret, secretMatches } from '../store/secret-hash.js';
import { matchesAntPath } from '../java/ant-path.js';
import type { ClientReference } from './page-html.js';
import type { ExpiringCode } from '../store/expiring-codes.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';

const resetMilliseconds = 1_800_000;
/** Opening a link uses up its code, so the page contains a new code with this lifetime. */
const pageMilliseconds = 600_000;

/** A code to reset the password of a UAA user. Users of other providers do not get a code. */
type ResetCode = { readonly user: User; readonly code: string } | { readonly externalUser: User };

/**
 * Creates a code that lets the user set a new password, and invalidates the user's earlier codes.
 *
 * @returns undefined if the user is unknown.
 */
export function createResetCode(
  { users, expiringCodes, now }: State,
  userName: string,
  client: ClientReference,
): ResetCode | undefined {
  const user = users.findByName(userName, 'uaa');
  if (!user) {
    const externalUser = findByName(users.all(), userName);
    return externalUser && { externalUser };
  }
  const intent = `forgot_password_for_id:${user.id}`;
  expiringCodes.deleteByIntent(intent);
  const data = JSON.stringify({
    user_id: user.id,
    username: user.userName,
    passwordModifiedTime: user.passwordModifiedAt,
    ...client,
  });
  const expiresAt = now() + resetMilliseconds;
  return { user, code: expiringCodes.create({ data, expiresAt, intent }) };
}

function findByName(users: Iterable<User>, userName: string): User | undefined {
  for (const user of users) {
    if (user.userName.toLowerCase() === userName.toLowerCase()) return user;
  }
  return undefined;
}

/** Creates a new code for the form of a page, because opening the page has used up the old one. */
export function replaceCode({ expiringCodes, now }: State, code: ExpiringCode): string {
  const { data, intent } = code;
  return expiringCodes.create({ data, intent, expiresAt: now() + pageMilliseconds });
}

/** Reads the data of a code as texts and skips null; undefined if it is not a JSON object. */
export function readCodeData({ data }: ExpiringCode): Record<string, string> | undefined {
  const value = parseJson(data);
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(entries.map(([name, member]) => [name, String(member)]));
}

const maxLength = 255;

/** Checks the default password policy. @returns the error; undefined if the password is valid. */
export function findPasswordProblem(password: string): string | undefined {
  if (password === '') return 'Password must be at least 1 characters in length.';
  if (password.length <= maxLength) return undefined;
  return `Password must be no more than ${String(maxLength)} characters in length.`;
}

export const samePasswordProblem = 'Your new password cannot be the same as the old password.';

/** Stores a new password, and unlocks the account. */
export function setPassword(state: State, user: User, password: string): void {
  state.users.put({
    ...user,
    passwordHash: hashSecret(password),
    passwordModifiedAt: state.now(),
    passwordChangeRequired: false,
  });
  state.lockout.clear(user.id);
}

/**
 * The result of a password reset, or why the password was not changed. `modified` means that the
 * username or password has changed since the code was created.
 */
type ResetResult =
  | { readonly user: User; readonly clientId: string | undefined; readonly redirectUri: string }
  | { readonly problem: string }
  | 'invalidCode'
  | 'modified'
  | 'unknownUser';

/** Sets the password of the user of a code, and marks the user as verified. */
export function resetPassword(state: State, code: ExpiringCode, password: string): ResetResult {
  const problem = findPasswordProblem(password);
  if (problem !== undefined) return { problem };
  const data = readCodeData(code);
  if (!data) return 'invalidCode';
  const user = state.users.get(data['user_id'] ?? '');
  if (!user) return 'unknownUser';
  if (secretMatches(password, user.passwordHash)) return { problem: samePasswordProblem };
  if (isModified(user, data)) return 'modified';
  const verified = { ...user, verified: true };
  setPassword(state, verified, password);
  const clientId = data['client_id'];
  const redirectUri = findClientRedirect(state, clientId, data['redirect_uri']) ?? 'home';
  return { user: verified, clientId, redirectUri };
}

function isModified(user: User, data: Readonly<Record<string, string>>): boolean {
  const { username, passwordModifiedTime } = data;
  if (username !== undefined && username !== user.userName) return true;
  return (
    passwordModifiedTime !== undefined && Number(passwordModifiedTime) !== user.passwordModifiedAt
  );
}

/** Returns the redirect URI if it is registered for the client; otherwise undefined. */
export function findClientRedirect(
  { clients }: State,
  clientId: string | undefined,
  redirectUri: string | undefined,
): string | undefined {
  if (!clientId || !redirectUri) return undefined;
  const registered = clients.get(clientId)?.redirectUris ?? [];
  return registered.some((pattern) => matchesAntPath(pattern, redirectUri))
    ? redirectUri
    : undefined;
}

import { secretMatches } from '../store/secret-hash.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';

/** Why a login failed. */
export type LoginFailure = 'badCredentials' | 'locked' | 'unverified' | 'changeRequired';

/**
 * Authenticates a user of the internal store by name and password. The result is `badCredentials`
 * for an unknown user, an inactive user and a wrong password. A locked account rejects even the
 * correct password.
 *
 * @param options.allowsPasswordChange - whether users who must change their password can log in to
 *   do so.
 */
export function authenticateUser(
  state: State,
  userName: string,
  password: string,
  { allowsPasswordChange = false }: { readonly allowsPasswordChange?: boolean } = {},
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
  if (user.passwordChangeRequired && !allowsPasswordChange) return 'changeRequired';
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

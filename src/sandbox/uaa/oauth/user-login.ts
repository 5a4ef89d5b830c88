import { secretMatches } from '../store/secret-hash.js';
import type { State } from '../store/state.js';
import type { User } from '../store/users.js';

export type LoginFailure = 'bad' | 'locked' | 'unverified' | 'changeRequired';

/**
 * Checks a name and a password in the internal store. The result is the same for an unknown user, an
 * inactive one and a wrong password. A locked account rejects the right password too.
 */
export function login(
  { users, lockout, now }: State,
  userName: string,
  password: string,
): User | LoginFailure {
  const user = users.byName(userName, 'uaa');
  if (!user?.active) return 'bad';
  if (lockout.isLocked(user.id)) return 'locked';
  if (password === '' || !secretMatches(password, user.passwordHash)) {
    lockout.addFailure(user.id);
    return 'bad';
  }
  lockout.clear(user.id);
  if (!user.verified) return 'unverified';
  if (user.passwordChangeRequired) return 'changeRequired';
  const { lastLogonAt } = user;
  const logged = {
    ...user,
    ...(lastLogonAt !== undefined && { previousLogonAt: lastLogonAt }),
    lastLogonAt: now(),
  };
  users.put(logged);
  return logged;
}

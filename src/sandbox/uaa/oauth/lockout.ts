import { createExpiringMap } from '../store/expiring.js';

/**
 * The UAA's default policy for locking accounts after failed logins. The names are the same as in the
 * configuration of the identity provider `uaa`.
 */
export const lockoutPolicy = {
  lockoutPeriodSeconds: 300,
  lockoutAfterFailures: 5,
  countFailuresWithin: 1200,
};

const { lockoutAfterFailures } = lockoutPolicy;
const lockMilliseconds = lockoutPolicy.lockoutPeriodSeconds * 1000;
const countingMilliseconds = lockoutPolicy.countFailuresWithin * 1000;

/**
 * Counts failed logins, and locks accounts with too many of them. A login to a locked account does not
 * count as a failure.
 * @see UAA 77 `UserLockoutPolicy`
 */
export function createLockout(now: () => number) {
  const failures = createExpiringMap<readonly number[]>(now, countingMilliseconds);

  const findRecentFailures = (userId: string): readonly number[] =>
    (failures.get(userId) ?? []).filter((time) => time > now() - countingMilliseconds);

  return {
    isLocked(userId: string): boolean {
      const recentFailures = findRecentFailures(userId);
      const unlockedAt = (recentFailures.at(-1) ?? 0) + lockMilliseconds;
      return recentFailures.length >= lockoutAfterFailures && now() < unlockedAt;
    },
    addFailure: (userId: string) => failures.set(userId, [...findRecentFailures(userId), now()]),
    /** Deletes the failures of a user, which unlocks the account. */
    clear: failures.delete,
  };
}

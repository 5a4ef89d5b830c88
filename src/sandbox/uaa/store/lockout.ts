import { createExpiringMap } from './expiring-map.js';

const maxFailures = 5;
const countingMilliseconds = 1_200_000;
const lockMilliseconds = 300_000;

/**
 * Creates the store for failed logins, which locks accounts.
 *
 * Five failures within 20 minutes lock an account until 5 minutes after the last failure. A login
 * that is rejected because of the lock does not count as a failure.
 *
 * @see UAA `UserLockoutPolicy` defaults 5 / 1200 s / 300 s
 */
export function createLockout(now: () => number) {
  const failures = createExpiringMap<readonly number[]>(now, countingMilliseconds);

  const findRecentFailures = (userId: string): readonly number[] =>
    (failures.get(userId)?.value ?? []).filter((time) => time > now() - countingMilliseconds);

  return {
    isLocked(userId: string): boolean {
      const recentFailures = findRecentFailures(userId);
      const lastFailure = recentFailures.at(-1);
      return (
        recentFailures.length >= maxFailures &&
        lastFailure !== undefined &&
        now() < lastFailure + lockMilliseconds
      );
    },
    addFailure: (userId: string) => failures.set(userId, [...findRecentFailures(userId), now()]),
    /** Deletes the failures of a user, which unlocks the account. */
    clear: failures.delete,
  };
}

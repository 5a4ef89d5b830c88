import { createExpiringMap } from './expiring-map.js';

/** Failed logins of each user, and whether they lock the account. */
export interface Lockout {
  readonly isLocked: (userId: string) => boolean;
  readonly failed: (userId: string) => void;
  /** A login that worked, a new password, or an administrator forgets the failures. */
  readonly clear: (userId: string) => void;
}

const maxFailures = 5;
const countMilliseconds = 1_200_000;
const lockMilliseconds = 300_000;

/**
 * Five failures within 20 minutes refuse every login until 5 minutes after the last of them.
 * A refused attempt is no failure.
 *
 * @see UAA `UserLockoutPolicy` defaults 5 / 1200 s / 300 s
 */
export function createLockout(now: () => number): Lockout {
  const failures = createExpiringMap<readonly number[]>(now, countMilliseconds);

  const recent = (userId: string): readonly number[] =>
    (failures.get(userId)?.value ?? []).filter((at) => at > now() - countMilliseconds);

  return {
    isLocked(userId) {
      const counted = recent(userId);
      const last = counted.at(-1);
      return counted.length >= maxFailures && last !== undefined && now() < last + lockMilliseconds;
    },
    failed: (userId) => failures.set(userId, [...recent(userId), now()]),
    clear: failures.delete,
  };
}

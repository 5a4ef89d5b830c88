import { createExpiringMap } from './expiring-map.js';
import { randomCode } from './random-code.js';

/** Codes that stand in for a password once. */
export interface PasscodeStore {
  /** Makes a code; the user's earlier one is void from here on. */
  readonly create: (userId: string) => string;
  /** Uses a code up. @returns the user's id; undefined if the code is unknown, used or expired. */
  readonly take: (code: string) => string | undefined;
}

const lifeMilliseconds = 300_000;

/** @param length - of each code. */
export function createPasscodeStore(now: () => number, length: number): PasscodeStore {
  const users = createExpiringMap<string>(now, lifeMilliseconds);
  const codes = createExpiringMap<string>(now, lifeMilliseconds);
  return {
    create(userId) {
      const earlier = codes.get(userId)?.value;
      if (earlier !== undefined) users.delete(earlier);
      const code = randomCode(length);
      users.set(code, userId);
      codes.set(userId, code);
      return code;
    },
    take(code) {
      const issued = users.get(code);
      users.delete(code);
      return issued && issued.setAt + lifeMilliseconds > now() ? issued.value : undefined;
    },
  };
}

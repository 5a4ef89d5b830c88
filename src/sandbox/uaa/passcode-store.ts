import { randomCode } from './random-code.js';

/** Codes that stand in for a password once. */
export interface PasscodeStore {
  /** Makes a code; the user's earlier one is void from here on. */
  readonly create: (userId: string) => string;
  /** Uses a code up. @returns whose it was; undefined when unknown, used or too old. */
  readonly take: (code: string) => string | undefined;
}

const lifeMilliseconds = 300_000;

/** @param length - of each code. */
export function createPasscodeStore(now: () => number, length: number): PasscodeStore {
  const codes = new Map<string, { readonly userId: string; readonly expiresAt: number }>();
  return {
    create(userId) {
      for (const [code, issued] of codes) if (issued.userId === userId) codes.delete(code);
      const code = randomCode(length);
      codes.set(code, { userId, expiresAt: now() + lifeMilliseconds });
      return code;
    },
    take(code) {
      const issued = codes.get(code);
      codes.delete(code);
      return issued && issued.expiresAt > now() ? issued.userId : undefined;
    },
  };
}

import { randomInt } from 'node:crypto';
import type { PkceChallenge } from '../oauth/pkce.js';
import { createExpiringMap } from './expiring-map.js';

/** A user's authorization of a client, stored until the client redeems the code. */
export interface Authorization {
  readonly clientId: string;
  readonly userId: string;
  /** Approved scopes. Can be empty. */
  readonly scope: readonly string[];
  /** The URI that the code was sent to. */
  readonly redirectUri: string;
  /** The parameters of the authorization request; the first value of each. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Time of the login, in epoch seconds. */
  readonly authTime?: number | undefined;
  readonly pkce?: PkceChallenge | undefined;
}

/** Lifetime of authorization codes and passcodes. */
const lifetimeMilliseconds = 300_000;

/**
 * Creates the store for authorization codes.
 *
 * @param length - length of each code.
 * @see RFC 6749, section 4.1
 */
export function createCodeStore(now: () => number, length: number) {
  // Codes are stored for twice their lifetime, to distinguish expired codes from unknown ones.
  const codes = createExpiringMap<Authorization>(now, 2 * lifetimeMilliseconds);
  return {
    create(authorization: Authorization): string {
      const code = randomCode(length);
      codes.set(code, authorization);
      return code;
    },
    /**
     * Returns the authorization and invalidates the code.
     *
     * @returns `expired` if the code has expired, and undefined if it is unknown or was already used.
     */
    redeem(code: string): Authorization | 'expired' | undefined {
      const entry = codes.get(code);
      codes.delete(code);
      if (!entry) return undefined;
      return entry.setAt + lifetimeMilliseconds > now() ? entry.value : 'expired';
    },
  };
}

/**
 * Creates the store for passcodes. A user can log in once with a passcode instead of a password.
 *
 * @param length - length of each passcode.
 */
export function createPasscodeStore(now: () => number, length: number) {
  const userIdsByCode = createExpiringMap<string>(now, lifetimeMilliseconds);
  const codesByUserId = createExpiringMap<string>(now, lifetimeMilliseconds);
  return {
    /** Creates a passcode and invalidates the user's previous one. */
    create(userId: string): string {
      const previousCode = codesByUserId.get(userId)?.value;
      if (previousCode !== undefined) userIdsByCode.delete(previousCode);
      const code = randomCode(length);
      userIdsByCode.set(code, userId);
      codesByUserId.set(userId, code);
      return code;
    },
    /**
     * Returns the user's id and invalidates the passcode.
     *
     * @returns undefined if the passcode is unknown, expired or was already used.
     */
    redeem: (code: string): string | undefined => userIdsByCode.take(code),
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Creates a code of letters and digits. */
function randomCode(length: number): string {
  const letters = Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length)));
  return letters.join('');
}

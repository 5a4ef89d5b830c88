import { randomInt } from 'node:crypto';
import { createExpiringMap } from './expiring-map.js';

/** The PKCE challenge of an authorization code. */
export interface PkceChallenge {
  readonly challenge: string;
  readonly method: string;
}

/** A user's authorization of a client, stored until the client redeems the code. */
export interface Authorization {
  readonly clientId: string;
  readonly userId: string;
  /** Approved scopes. Can be empty. */
  readonly scope: readonly string[];
  /** The URI that the code was sent to. */
  readonly redirectUri: string;
  /** The parameters of the authorization request. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Time of the login, in epoch seconds. */
  readonly authTime?: number | undefined;
  readonly pkce?: PkceChallenge | undefined;
}

/** Lifetime of authorization codes and passcodes. */
const lifetimeMilliseconds = 300_000;

/**
 * Creates the store for authorization codes, each of which can be redeemed once.
 *
 * @param length - length of each code.
 * @see RFC 6749, section 4.1
 */
export function createCodeStore(now: () => number, length: number) {
  const codes = createExpiringMap<Authorization>(now, lifetimeMilliseconds);
  return {
    create(authorization: Authorization): string {
      const code = randomCode(length);
      codes.set(code, authorization);
      return code;
    },
    /** @returns undefined if the code is unknown, expired or was already used. */
    redeem: (code: string) => codes.take(code),
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
      userIdsByCode.delete(codesByUserId.take(userId) ?? '');
      const code = randomCode(length);
      userIdsByCode.set(code, userId);
      codesByUserId.set(userId, code);
      return code;
    },
    /** @returns the user's id; undefined if the passcode is unknown, expired or was already used. */
    redeem: (code: string) => userIdsByCode.take(code),
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Creates a code of letters and digits. */
function randomCode(length: number): string {
  const letters = Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length)));
  return letters.join('');
}

import { randomInt } from 'node:crypto';
import type { PkceChallenge } from '../oauth/pkce.js';
import { createExpiringMap } from './expiring-map.js';

/** An authorization that a user gave to a client, until the client redeems its code. */
export interface Authorization {
  readonly clientId: string;
  readonly userId: string;
  /** Approved scopes; may be empty. */
  readonly scope: readonly string[];
  /** As requested; absent if the request named none. */
  readonly redirectUri?: string | undefined;
  readonly nonce?: string | undefined;
  /** Epoch seconds of the login. */
  readonly authTime?: number | undefined;
  readonly pkce?: PkceChallenge | undefined;
}

/** Lifetime of authorization codes and passcodes. */
const lifetimeMilliseconds = 300_000;

/**
 * Authorization codes. @see RFC 6749, section 4.1
 *
 * @param length - of each code.
 */
export function createCodeStore(now: () => number, length: number) {
  // Codes are kept for twice their lifetime, to tell expired codes from unknown ones.
  const codes = createExpiringMap<Authorization>(now, 2 * lifetimeMilliseconds);
  return {
    create(authorization: Authorization): string {
      const code = randomCode(length);
      codes.set(code, authorization);
      return code;
    },
    /** Invalidates a code. @returns undefined if it is unknown or used, `expired` if it is too old. */
    take(code: string): Authorization | 'expired' | undefined {
      const entry = codes.get(code);
      codes.delete(code);
      if (!entry) return undefined;
      return entry.setAt + lifetimeMilliseconds > now() ? entry.value : 'expired';
    },
  };
}

/**
 * Codes that users can log in with once, instead of a password.
 *
 * @param length - of each code.
 */
export function createPasscodeStore(now: () => number, length: number) {
  const userIdsByCode = createExpiringMap<string>(now, lifetimeMilliseconds);
  const codesByUserId = createExpiringMap<string>(now, lifetimeMilliseconds);
  return {
    /** Creates a code and invalidates the user's earlier one. */
    create(userId: string): string {
      const previousCode = codesByUserId.get(userId)?.value;
      if (previousCode !== undefined) userIdsByCode.delete(previousCode);
      const code = randomCode(length);
      userIdsByCode.set(code, userId);
      codesByUserId.set(userId, code);
      return code;
    },
    /** Invalidates a code. @returns the user's id; undefined if it is unknown, used or expired. */
    take(code: string): string | undefined {
      const entry = userIdsByCode.get(code);
      userIdsByCode.delete(code);
      return entry && entry.setAt + lifetimeMilliseconds > now() ? entry.value : undefined;
    },
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function randomCode(length: number): string {
  const letters = Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length)));
  return letters.join('');
}

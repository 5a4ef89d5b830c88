import { createExpiringMap } from './expiring-map.js';
import type { PkceChallenge } from '../oauth/pkce.js';
import { randomCode } from './random-code.js';

/** What a person let a client have, until the client fetches it. */
export interface Authorized {
  readonly clientId: string;
  readonly userId: string;
  /** What was approved; may be nothing at all. */
  readonly scope: readonly string[];
  /** As it was asked for; absent where the request named none. */
  readonly redirectUri?: string | undefined;
  readonly nonce?: string | undefined;
  /** Epoch seconds of the login. */
  readonly authTime?: number | undefined;
  readonly pkce?: PkceChallenge | undefined;
}

/** Authorization codes. @see RFC 6749, section 4.1 */
export interface CodeStore {
  readonly create: (authorized: Authorized) => string;
  /** Uses a code up. @returns undefined when unknown or used; `expired` when too old. */
  readonly take: (code: string) => Authorized | 'expired' | undefined;
}

const lifeMilliseconds = 300_000;

/** @param length - of each code. */
export function createCodeStore(now: () => number, length: number): CodeStore {
  // Codes are kept for twice their lifetime, to tell expired codes from unknown ones.
  const codes = createExpiringMap<Authorized>(now, 2 * lifeMilliseconds);
  return {
    create(authorized) {
      const code = randomCode(length);
      codes.set(code, authorized);
      return code;
    },
    take(code) {
      const issued = codes.get(code);
      codes.delete(code);
      if (!issued) return undefined;
      return issued.setAt + lifeMilliseconds > now() ? issued.value : 'expired';
    },
  };
}

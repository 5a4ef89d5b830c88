import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import type { Send } from '../http/send.js';
import type { Secret } from '../secret.js';
import { createUaaApi } from './api.js';

const scoreType = {
  noun: 'password score',
  schema: v.looseObject({ score: v.number(), requiredScore: v.number() }),
};

/** The strength of a password and the required one, with the UAA's own field names. */
export type PasswordScore = v.InferInput<typeof scoreType.schema>;

export interface PasswordStrength {
  /** @throws {TpksError} `failed` if the UAA does not have this route any more. */
  readonly measure: (password: Secret) => Promise<PasswordScore>;
}

/** @see https://github.com/cloudfoundry/uaa/pull/1104 */
export function createPasswordStrength(send: Send, uaa: string): PasswordStrength {
  const api = createUaaApi(send, uaa);
  return {
    measure: async (password) => {
      const form = { password: password.reveal() };
      try {
        return await api.write(scoreType, 'POST', ['password', 'score'], { form });
      } catch (error) {
        throw isGone(error) ? gone(error) : error;
      }
    },
  };
}

/** A UAA without the route redirects to its login page, or refuses a form without its CSRF token. */
function isGone(error: unknown): boolean {
  if (!isTpksError(error) || error.kind === 'untrusted' || error.status === undefined) return false;
  return error.status === 302 || (error.status < 500 && error.kind !== 'unavailable');
}

function gone(cause: unknown): TpksError {
  return new TpksError(
    'failed',
    'This UAA does not measure passwords: none does since September 2019 (release 74)',
    {
      hint:
        'its policy still holds, and says what it misses when a password is set; tpks uaa idp get ' +
        'uaa shows it',
      cause,
    },
  );
}

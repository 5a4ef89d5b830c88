import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import { readJson } from '../http/decode.js';
import type { Send } from '../http/send.js';
import type { Secret } from '../secret.js';
import { checked } from './scim.js';

const scoreSchema = v.looseObject({ score: v.number(), requiredScore: v.number() });

/** How strong a password is and has to be, spelled as UAA spells it. */
export type PasswordScore = v.InferInput<typeof scoreSchema>;

export interface PasswordStrength {
  /** @throws {TpksError} `failed` where the UAA has no such route any more. */
  readonly measure: (password: Secret) => Promise<PasswordScore>;
}

/**
 * @param send - unsigned; throws on every status that is not a success.
 * @see https://github.com/cloudfoundry/uaa/pull/1104
 */
export function createPasswordStrength(send: Send, uaa: string): PasswordStrength {
  return {
    measure: async (password) => {
      const request = {
        method: 'POST',
        url: `${uaa}/password/score`,
        headers: {
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ password: password.open() }).toString(),
      };
      try {
        return checked(scoreSchema, await readJson(await send(request)), 'a score');
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

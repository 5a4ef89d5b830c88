import * as v from 'valibot';
import { isTpksError, TpksError } from '../errors.js';
import type { Send } from '../http/send.js';
import type { Secret } from '../secret.js';
import { createUaaApi } from './api.js';

const scoreType = {
  noun: 'password score',
  schema: v.looseObject({ score: v.number(), requiredScore: v.number() }),
};

/** The score of a password and the required score, with the UAA's own field names. */
export type PasswordScore = v.InferInput<typeof scoreType.schema>;

export interface PasswordStrength {
  /** @throws {TpksError} `failed` if the UAA no longer has this route. */
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
        throw isRouteMissing(error) ? unsupportedError(error) : error;
      }
    },
  };
}

/**
 * Whether the UAA does not have the route. It then redirects to its login page, or rejects the form
 * because it has no CSRF token.
 */
function isRouteMissing(error: unknown): boolean {
  if (!isTpksError(error) || error.kind === 'untrusted' || error.status === undefined) return false;
  return error.status === 302 || (error.status < 500 && error.kind !== 'unavailable');
}

function unsupportedError(cause: unknown): TpksError {
  return new TpksError(
    'failed',
    'This UAA cannot check the strength of passwords: UAA 74 (September 2019) removed this feature',
    {
      hint:
        'the UAA still enforces its policy when a password is set; show the policy: ' +
        'tpks uaa idp get uaa',
      cause,
    },
  );
}

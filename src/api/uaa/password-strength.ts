import * as v from 'valibot';
import { isTpksError, TpksError } from '../../base/errors.js';
import type { Secret } from '../../base/secret.js';
import type { Send } from '../../platform/http/send.js';
import { createUaaApi } from './uaa-api.js';

const scoreType = {
  noun: 'password score',
  schema: v.looseObject({ score: v.number(), requiredScore: v.number() }),
};

/**
 * Measures the strength of a password, without a token.
 * @throws {TpksError} `failed` if the UAA no longer has this route.
 * @see https://github.com/cloudfoundry/uaa/pull/1104
 */
export async function measurePassword(send: Send, uaa: string, password: Secret) {
  const form = { password: password.reveal() };
  try {
    return await createUaaApi(send, uaa).write(scoreType, 'POST', ['password', 'score'], { form });
  } catch (error) {
    throw isStrengthUnsupported(error) ? strengthUnsupportedError(error) : error;
  }
}

/** Without the route, the UAA redirects to its login page, or rejects the form because it has no CSRF token. */
function isStrengthUnsupported(error: unknown): boolean {
  if (!isTpksError(error) || error.kind === 'untrusted' || error.status === undefined) return false;
  return error.status === 302 || (error.status < 500 && error.kind !== 'unavailable');
}

function strengthUnsupportedError(cause: unknown): TpksError {
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

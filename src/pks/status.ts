import { TpksError } from '../errors.js';
import { notAuthenticated } from '../http/bearer.js';
import type { Explain, Failure } from '../http/status-error.js';
import { explainUnknownField, explainUnknownRoute } from './since.js';

/**
 * The failures of the PKS API in the words of the original CLI.
 * @param loginCommand - for the hint if the token is rejected.
 * @see pks-cli, section 13
 */
export const explainPks =
  (loginCommand: string): Explain =>
  (failure) => {
    const { status } = failure;
    if (status === 401) {
      return new TpksError('unauthenticated', notAuthenticated, { status, hint: loginCommand });
    }
    if (status === 403) {
      return new TpksError(
        'forbidden',
        'You do not have enough privileges to perform this action. Please contact the PKS administrator.',
        {
          status,
          hint: 'tpks status shows the scopes of your token; a used-up quota causes the same error',
        },
      );
    }
    if (status >= 500) {
      const hint = 'try again later; if it keeps failing, contact the operator of the installation';
      return new TpksError('unavailable', formatServerError(failure), { status, hint });
    }
    return explainUnknownRoute(failure) ?? explainUnknownField(failure);
  };

/** Messages of the broker are passed on unchanged; the original's sentence contains all others. */
function formatServerError({ status, message, body }: Failure): string {
  if (/^Status: \d+; ErrorMessage: /.test(message)) return message;
  const detail = body === undefined ? `HTTP ${String(status)}` : message;
  return `An error occurred in the PKS API when processing the request: ${detail}`;
}

import { TpksError } from '../errors.js';
import { notAuthenticatedMessage } from '../http/bearer.js';
import type { Explain, Failure } from '../http/status-error.js';
import { explainUnknownField, explainUnknownRoute } from './older-server.js';

/**
 * Converts failures of the PKS API to errors with the messages of the `pks` CLI.
 * @param loginCommand - the hint if the API rejects the token.
 * @see pks-cli, section 13
 */
export const explainPksFailure =
  (loginCommand: string): Explain =>
  (failure) => {
    const { request, status } = failure;
    if (status === 401) {
      return new TpksError('unauthenticated', notAuthenticatedMessage, {
        status,
        hint: loginCommand,
      });
    }
    if (status === 403) {
      return new TpksError(
        'forbidden',
        'You do not have enough privileges to perform this action. Please contact the PKS administrator.',
        {
          status,
          hint: 'run tpks status to show your scopes; an exhausted quota causes the same error',
        },
      );
    }
    if (status >= 500) {
      const hint =
        'try again later; if the error persists, contact the operator of the installation';
      const { host } = new URL(request.url);
      return new TpksError('unavailable', formatServerError(failure), { status, hint, host });
    }
    return explainUnknownRoute(failure) ?? explainUnknownField(failure);
  };

/** Returns broker messages unchanged, and adds the prefix of the `pks` CLI to all other messages. */
function formatServerError({ status, message, body }: Failure): string {
  if (/^Status: \d+; ErrorMessage: /.test(message)) return message;
  const detail = body === undefined ? `HTTP ${String(status)}` : message;
  return `An error occurred in the PKS API when processing the request: ${detail}`;
}

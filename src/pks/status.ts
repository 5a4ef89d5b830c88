import { TpksError } from '../errors.js';
import { notAuthenticated } from '../http/bearer.js';
import type { Explain, Failure } from '../http/status-error.js';
import { explainUnknownMember, explainUnknownRoute } from './since.js';

/** The PKS API's failures in the words of the original CLI. @see pks-cli, section 13 */
export const explainPks: Explain = (failure) => {
  const { status } = failure;
  if (status === 401) {
    return new TpksError('unauthenticated', notAuthenticated, { status, hint: 'tpks login' });
  }
  if (status === 403) {
    return new TpksError(
      'forbidden',
      'You do not have enough privileges to perform this action. Please contact the PKS administrator.',
      {
        status,
        hint: 'tpks status shows the scopes of your token; a quota that is used up has the same answer',
      },
    );
  }
  if (status >= 500) {
    const hint = 'try again in a while; if it stays, tell whoever runs the installation';
    return new TpksError('unavailable', ofTheServer(failure), { status, hint });
  }
  return explainUnknownRoute(failure) ?? explainUnknownMember(failure);
};

/** What the broker said is passed through as it is; the rest stands in the original's sentence. */
function ofTheServer({ status, message, body }: Failure): string {
  if (/^Status: \d+; ErrorMessage: /.test(message)) return message;
  const detail = body === undefined ? `HTTP ${String(status)}` : message;
  return `An error occurred in the PKS API when processing the request: ${detail}`;
}

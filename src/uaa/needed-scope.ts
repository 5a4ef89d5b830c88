import { isTpksError, reworded, type TpksError } from '../errors.js';
import type { Send } from '../http/send.js';

/**
 * Explains UAA's `insufficient_scope`: which scope is missing and how to come by it, where nobody
 * knows whose token it is. Who does has explained it already: see {@link explainUaa}.
 * @param scope - one that suffices for every request that passes here; `uaa.admin` always does.
 * @see uaa-api, section 10.2
 */
export function withNeededScope(send: Send, scope: string): Send {
  return async (request) => {
    try {
      return await send(request);
    } catch (error) {
      if (!isTpksError(error) || error.hint !== undefined || !isRefusal(error)) throw error;
      throw reworded(error, {
        kind: 'forbidden',
        message: `Your token lacks the scope ${scope} that this needs`,
        hint:
          'get a token that has it: tpks uaa token client get admin\n' +
          `or let an administrator grant it and log in again: tpks uaa member add ${scope} YOUR-NAME`,
      });
    }
  };
}

/** A few routes look at whom a token is for, which its scopes decide. */
function isRefusal({ oauthError, message }: TpksError): boolean {
  return (
    oauthError === 'insufficient_scope' ||
    (oauthError === 'access_denied' && message.includes('does not contain resource id'))
  );
}

import * as v from 'valibot';
import { isTpksError, rewordError, TpksError } from '../errors.js';
import { createApiClient, type ApiClient } from '../http/resource/api-client.js';
import { validateSegment, describeUaaPathProblem } from '../http/resource/path-segment.js';
import type { Send } from '../http/send.js';

/**
 * @param send - throws on every status that is not a success.
 * @param uaa - base URL without a trailing slash.
 * @param scope - sufficient for every request of this client, for the error if the token lacks it;
 *   `uaa.admin` always is.
 */
export function createUaaApi(send: Send, uaa: string, scope?: string): ApiClient {
  return createApiClient(scope === undefined ? send : withNeededScope(send, scope), {
    name: 'UAA',
    baseUrl: uaa,
    malformedHint: 'check that the address is the UAA’s: tpks uaa target',
  });
}

/** An id that can be part of a URL. */
export const idText = v.pipe(
  v.string(),
  v.check((id) => id.isWellFormed(), 'Invalid id: it contains half a character'),
);

/**
 * An id that a path of the UAA can contain.
 * @param what - the resource, e.g. `User`.
 * @param listCommand - shows the ids, e.g. `tpks uaa users`.
 * @throws {TpksError} before anything is sent: `usage` for an id that no URL can contain;
 *   `notFound` for one that the UAA never assigns.
 */
export function addressableId(id: string, what: string, listCommand: string): string {
  validateSegment(id, `${what.toLowerCase()} id`);
  const rejected = describeUaaPathProblem(id);
  if (rejected === undefined) return id;
  throw new TpksError('notFound', `${what} with the id ${JSON.stringify(id)} not found`, {
    hint: `no id of the UAA contains ${rejected}; ${listCommand} shows the ids`,
  });
}

/**
 * Explains UAA's `insufficient_scope`: which scope is missing and how to get it, if the owner of the
 * token is unknown. Otherwise {@link explainUaa} has explained it already.
 * @see uaa-api, section 10.2
 */
function withNeededScope(send: Send, scope: string): Send {
  return async (request) => {
    try {
      return await send(request);
    } catch (error) {
      if (!isTpksError(error) || error.hint !== undefined || !isScopeMissing(error)) throw error;
      throw rewordError(error, {
        kind: 'forbidden',
        message: `Your token lacks the scope ${scope} that this needs`,
        hint:
          'get a token that has it: tpks uaa token client get admin\n' +
          `or let an administrator grant it and log in again: tpks uaa member add ${scope} YOUR-NAME`,
      });
    }
  };
}

/** A few routes check the audience of a token, which its scopes decide. */
function isScopeMissing({ oauthError, message }: TpksError): boolean {
  return (
    oauthError === 'insufficient_scope' ||
    (oauthError === 'access_denied' && message.includes('does not contain resource id'))
  );
}

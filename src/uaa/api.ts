import * as v from 'valibot';
import { isTpksError, rewordError, TpksError } from '../errors.js';
import { createApiClient, segmentSchema, type ApiClient } from '../http/resource/api-client.js';
import { validateSegment, describeUaaPathProblem } from '../http/resource/path-segment.js';
import type { Send } from '../http/send.js';

/**
 * Creates a client of the UAA's admin API.
 * @param send - must throw for every status other than 2xx.
 * @param uaa - base URL without a trailing slash.
 * @param scope - allows every request of this client; named in the error if the token lacks it. In
 *   most cases, `uaa.admin` is sufficient too.
 */
export function createUaaApi(send: Send, uaa: string, scope?: string): ApiClient {
  return createApiClient(scope === undefined ? send : withScopeHint(send, scope), {
    name: 'UAA',
    baseUrl: uaa,
    malformedHint: 'check the address of the UAA: tpks uaa target',
  });
}

/** A member of a group. */
export const memberSchema = v.looseObject({
  value: segmentSchema,
  /** `USER`, or `GROUP` for a nested group. */
  type: v.optional(v.string()),
  /** The identity provider that assigned the membership; `uaa` if an administrator added it. */
  origin: v.optional(v.string()),
});

/**
 * Checks that a path of the UAA can contain an id.
 * @param what - the kind of resource, e.g. `User`.
 * @param listCommand - the command that lists the ids, e.g. `tpks uaa users`.
 * @returns the id, unchanged.
 * @throws {TpksError} before anything is sent: `usage` for an id that no URL can contain;
 *   `notFound` for one that the UAA never assigns.
 */
export function checkResourceId(id: string, what: string, listCommand: string): string {
  validateSegment(id, `${what.toLowerCase()} id`);
  const rejected = describeUaaPathProblem(id);
  if (rejected === undefined) return id;
  throw new TpksError('notFound', `${what} with the id ${JSON.stringify(id)} not found`, {
    hint: `UAA ids never contain ${rejected}; list the ids: ${listCommand}`,
  });
}

/**
 * Explains `insufficient_scope` errors of the UAA if the owner of the token is unknown: which scope is
 * missing and how to get it. If the owner is known, `explainUaaFailure` has already done this.
 * @see uaa-api, section 10.2
 */
function withScopeHint(send: Send, scope: string): Send {
  return async (request) => {
    try {
      return await send(request);
    } catch (error) {
      if (!isTpksError(error) || error.hint !== undefined || !isScopeMissing(error)) throw error;
      throw rewordError(error, {
        kind: 'forbidden',
        message: `Your token lacks the required scope ${scope}`,
        hint:
          'get a token that has it: tpks uaa token client get admin\n' +
          `or log in again after an administrator has run: tpks uaa member add ${scope} YOUR-NAME`,
      });
    }
  };
}

/**
 * Whether a scope is missing. Some routes check the audience of the token instead, which the UAA
 * derives from the scopes.
 */
function isScopeMissing({ oauthError, message }: TpksError): boolean {
  return (
    oauthError === 'insufficient_scope' ||
    (oauthError === 'access_denied' && message.includes('does not contain resource id'))
  );
}

import * as v from 'valibot';
import { TpksError } from '../../base/errors.js';
import type { Send } from '../../platform/http/send.js';
import { createApiClient, segmentSchema, type ApiClient } from '../client/api-client.js';
import { validateSegment, describeUaaPathProblem } from '../client/path-segment.js';

/**
 * Creates a client of the UAA's admin API.
 * @param send - must throw for every status other than 2xx.
 * @param uaa - base URL without a trailing slash.
 */
export function createUaaApi(send: Send, uaa: string): ApiClient {
  return createApiClient(send, {
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

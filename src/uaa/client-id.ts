import { TpksError } from '../errors.js';
import { validateSegment, describeUaaPathProblem } from '../http/resource/path-segment.js';
import { quoteForShell } from '../shell-quote.js';

/** Ids that the UAA would route to other endpoints. */
const reservedIds = ['meta', 'restricted', 'tx'];
const maximumIdLength = 255;

/**
 * Checks the id of a new client. The UAA would create a client even if no URL could contain its id, and
 * the client could not be addressed afterwards.
 * @throws {TpksError} `usage` for such an id, or for one that is too long.
 * @see uaac, section 12
 */
export function checkNewClientId(id: string): void {
  const problem =
    id.length > maximumIdLength
      ? `is longer than ${maximumIdLength} characters`
      : describeIdProblem(id);
  if (problem === undefined) return;
  throw new TpksError('usage', `Invalid client id ${JSON.stringify(id)}: it ${problem}`, {
    hint: 'choose another id, e.g. with only letters, digits and - _ . : @',
  });
}

/** Whether a URL of the UAA can contain a client id. */
export function isAddressable(id: string): boolean {
  return describeIdProblem(id) === undefined;
}

/**
 * Builds the path of a client.
 * @throws {TpksError} `usage` for an id that no URL can contain; `failed` for one that the UAA
 *   does not accept in a URL.
 */
export function buildClientPath(id: string): readonly string[] {
  validateSegment(id, 'client id');
  const problem = describeIdProblem(id);
  if (problem === undefined) return ['oauth', 'clients', id];
  throw new TpksError('failed', `The UAA cannot address the client ${id}: its id ${problem}`, {
    hint:
      'show the client, add it again with another id, then delete this one: ' +
      `tpks uaa client delete ${quoteForShell(id)}`,
  });
}

/** Describes why a UAA URL cannot contain a client id; `undefined` for an id that it can contain. */
function describeIdProblem(id: string): string | undefined {
  if (id.trim() === '') return 'is empty';
  if (reservedIds.includes(id)) return 'is reserved by the UAA';
  const rejected = describeUaaPathProblem(id);
  return rejected && `contains ${rejected}, which is not allowed in URLs of the UAA`;
}

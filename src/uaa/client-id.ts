import { TpksError } from '../errors.js';
import { validateSegment, describeUaaPathProblem } from '../http/resource/path-segment.js';
import { quoteForShell } from '../shell-quote.js';

/** Segments that mean something else in the place of a client's id. */
const reservedWords = ['meta', 'restricted', 'tx'];
const longestId = 255;

/**
 * The UAA creates clients whose ids no path can contain; they cannot be addressed afterwards.
 * @throws {TpksError} `usage` for an id that a new client should not get.
 * @see uaac, section 12
 */
export function checkNewClientId(id: string): void {
  const fault = id.length > longestId ? `is longer than ${longestId} characters` : unreachable(id);
  if (fault === undefined) return;
  throw new TpksError('usage', `A client cannot be called ${JSON.stringify(id)}: it ${fault}`, {
    hint: 'choose another id, e.g. of letters, digits and - _ . : @',
  });
}

/** Whether the routes for one client can be called with an id. */
export function isReachable(id: string): boolean {
  return unreachable(id) === undefined;
}

/**
 * The path of one client.
 * @throws {TpksError} `usage` for an id that no URL can contain; `failed` for one that the UAA
 *   does not accept in a URL.
 */
export function clientPath(id: string): readonly string[] {
  validateSegment(id, 'client id');
  const fault = unreachable(id);
  if (fault === undefined) return ['oauth', 'clients', id];
  throw new TpksError('failed', `The UAA has no URL for the client ${id}: it ${fault}`, {
    hint:
      'show it, add it again with another id, then delete it: ' +
      `tpks uaa client delete ${quoteForShell(id)}`,
  });
}

function unreachable(id: string): string | undefined {
  if (id.trim() === '') return 'is empty';
  if (reservedWords.includes(id)) return 'is a reserved word of the UAA';
  const rejected = describeUaaPathProblem(id);
  return rejected && `contains ${rejected}, which no URL of the UAA can contain`;
}

import { TpksError } from '../errors.js';
import { pathSegment } from '../http/resource/path-segment.js';
import { shellWord } from '../shell-word.js';
import { rejectedInUaaPath } from '../http/resource/path-segment.js';

/** Words that mean something else where an id of a client would stand. */
const taken = ['meta', 'restricted', 'tx'];
const longestId = 255;

/**
 * UAA makes clients whose ids no path can carry, and nobody reaches them there any more.
 * @throws {TpksError} `usage` for an id that a new client should not get.
 * @see uaac, section 12
 */
export function checkNewClientId(id: string): void {
  const fault = id.length > longestId ? `is longer than ${longestId} characters` : unreachable(id);
  if (fault === undefined) return;
  throw new TpksError('usage', `A client cannot be called ${JSON.stringify(id)}: it ${fault}`, {
    hint: 'choose another id; letters, digits and - _ . : @ do',
  });
}

/** Whether the routes for one client can be called with an id. */
export function isReachable(id: string): boolean {
  return unreachable(id) === undefined;
}

/**
 * The URL of one client.
 * @throws {TpksError} `usage` for an id that no URL can contain; `failed` for one that the UAA
 *   does not accept in a URL.
 */
export function clientUrl(uaa: string, id: string): string {
  const segment = pathSegment(id, 'client id');
  const fault = unreachable(id);
  if (fault === undefined) return `${uaa}/oauth/clients/${segment}`;
  throw new TpksError('failed', `The UAA has no address for the client ${id}: it ${fault}`, {
    hint:
      'show it, add it again under another id, then delete it: ' +
      `tpks uaa client delete ${shellWord(id)}`,
  });
}

function unreachable(id: string): string | undefined {
  if (id.trim() === '') return 'is empty';
  if (taken.includes(id)) return 'is a word of the UAA’s own';
  const fault = rejectedInUaaPath(id);
  return fault === undefined
    ? undefined
    : `has ${fault} in it, which no address of the UAA can carry`;
}

import { TpksError } from '../errors.js';
import { checkSegment, rejectedInUaaPath } from '../http/resource/path-segment.js';

/**
 * An id that a path of the UAA can contain.
 * @param what - the resource, e.g. `User`.
 * @param list - the command that shows the ids.
 * @throws {TpksError} before anything is sent: `usage` for an id that no URL can contain;
 *   `notFound` for one that the UAA never assigns.
 */
export function addressable(id: string, what: string, list: string): string {
  checkSegment(id, `${what.toLowerCase()} id`);
  const rejected = rejectedInUaaPath(id);
  if (rejected === undefined) return id;
  throw new TpksError('notFound', `${what} with the id ${JSON.stringify(id)} not found`, {
    hint: `no id of the UAA contains ${rejected}; tpks uaa ${list} shows the ids`,
  });
}

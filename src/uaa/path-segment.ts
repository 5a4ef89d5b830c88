import { TpksError } from '../errors.js';
import { checkSegment } from '../http/path-segment.js';

/**
 * An id that a path of the UAA can contain.
 * @param what - the resource, e.g. `User`.
 * @param list - the command that shows the ids.
 * @throws {TpksError} before anything is sent: `usage` for an id that no URL can contain;
 *   `notFound` for one that the UAA never gives out.
 */
export function addressable(id: string, what: string, list: string): string {
  checkSegment(id, `${what.toLowerCase()} id`);
  const fault = unfitForPath(id);
  if (fault === undefined) return id;
  throw new TpksError('notFound', `${what} with the id ${JSON.stringify(id)} not found`, {
    hint: `no id of the UAA has ${fault} in it; tpks uaa ${list} shows the ids`,
  });
}

/**
 * Why a text cannot stand in a path of UAA, however it is encoded: its container and its firewall
 * refuse such paths before UAA sees them.
 * @returns e.g. `a slash`; `undefined` when it can.
 * @see uaac, section 12; Tomcat's `ALLOW_ENCODED_SLASH`, Spring Security's `StrictHttpFirewall`
 */
export function unfitForPath(text: string): string | undefined {
  if (text === '.' || text === '..') return 'nothing but dots';
  return unfit.find(([pattern]) => pattern.test(text))?.[1];
}

const unfit: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/\//, 'a slash'],
  [/\\/, 'a backslash'],
  [/%/, 'a percent sign'],
  [/;/, 'a semicolon'],
  [/\0/, 'a zero byte'],
  // A route's variable ends at them.
  [/[\n\r\u0085\u2028\u2029]/, 'a line break'],
  [/\p{Cs}/u, 'half a character'],
];

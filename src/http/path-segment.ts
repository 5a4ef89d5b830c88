import { TpksError } from '../errors.js';

/** Servers close the connection if the request line is longer. */
const longestSegment = 4000;

/**
 * Encodes a name as one segment of a URL's path.
 * @param what - for the error, e.g. `user id`.
 * @throws {TpksError} `usage` for a name that no path can contain.
 */
export function pathSegment(name: string, what = 'name'): string {
  return encodeURIComponent(checkSegment(name, what));
}

/**
 * Checks that {@link pathSegment} can encode a name: an object that is created under another name
 * could never be addressed.
 * @returns the name as it is.
 * @throws {TpksError} `usage`
 */
export function checkSegment(name: string, what = 'name'): string {
  const fault = segmentFault(name);
  if (fault === undefined) return name;
  throw new TpksError('usage', `The ${what} ${fault}`, { hint: 'nothing was sent' });
}

function segmentFault(name: string): string | undefined {
  // An empty segment, or one of dots, would lead to another route, no matter how it is encoded.
  if (name.trim() === '') return 'is empty';
  if (name === '.' || name === '..') return `cannot be "${name}"`;
  if (/\p{Cs}/u.test(name)) return 'contains half of a character';
  if (encodeURIComponent(name).length <= longestSegment) return undefined;
  return `is too long: it has ${String(name.length)} characters`;
}
